// Pages as Arrow C streams, seen through the face: types, nulls, batches, and who owns what. Run
// under ASan this also shows that every release callback frees once. Black box.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "onlyleads/onlyleads.hpp"
#include "tests/support/temp_dir.h"

namespace {

using onlyleads::Engine;
using onlyleads::Rows;
using onlyleads::Workspace;
using onlyleads::tests::TempDir;

constexpr int64_t kNow = 1'700'000'000'000'000;

// Releases what it holds, as a consumer must.
template <typename Struct>
struct Held {
  Struct c{};
  ~Held() {
    if (c.release != nullptr) c.release(&c);
  }
  Struct* operator->() { return &c; }
};

class ArrowTest : public ::testing::Test {
 protected:
  ArrowTest() : before_(ol_live_handles()) {
    onlyleads::EngineOptions options;
    options.host.now_us = [] { return kNow; };
    engine_.emplace(Engine::open(dir_.path("leads.db"), options));
  }
  void TearDown() override {
    engine_.reset();
    EXPECT_EQ(ol_live_handles(), before_);
  }
  // People with a title of so many bytes each.
  Workspace People(int count, size_t title_bytes) {
    const std::string path = dir_.path("people.csv");
    std::ofstream file(path);
    file << "First Name,Email,Title\n";
    for (int i = 0; i < count; ++i) {
      file << "P" << i << ",p" << i << "@north.example," << std::string(title_bytes, 't') << "\n";
    }
    file.close();
    const Workspace ws = engine_->create_organization("Acme Ltd");
    onlyleads::ImportOptions how;
    how.source = "test";
    how.lawful_basis = "legitimate_interests";
    EXPECT_EQ(ws.prospects().import_csv(path, how).created, count);
    return ws;
  }

  const int64_t before_;
  TempDir dir_;
  std::optional<Engine> engine_;
};

int FieldOf(const ArrowSchema& schema, const std::string& name) {
  for (int64_t i = 0; i < schema.n_children; ++i) {
    if (schema.children[i]->name == name) return static_cast<int>(i);
  }
  ADD_FAILURE() << "no field " << name;
  return 0;
}

bool IsValid(const ArrowArray& array, int64_t row) {
  const auto* bits = static_cast<const uint8_t*>(array.buffers[0]);
  return bits == nullptr || ((bits[row / 8] >> (row % 8)) & 1) != 0;
}

std::string TextAt(const ArrowArray& array, int64_t row) {
  const auto* offsets = static_cast<const int32_t*>(array.buffers[1]);
  return {static_cast<const char*>(array.buffers[2]) + offsets[row],
          static_cast<size_t>(offsets[row + 1] - offsets[row])};
}

int64_t WordAt(const ArrowArray& array, int64_t row) {
  return static_cast<const int64_t*>(array.buffers[1])[row];
}

TEST_F(ArrowTest, EveryValueAndEveryNullArrives) {
  const Workspace ws = People(11, 3);
  const Rows page = ws.prospects().list();
  Held<ArrowArrayStream> stream;
  page.to_arrow(&stream.c);
  Held<ArrowSchema> schema;
  ASSERT_EQ(stream->get_schema(&stream.c, &schema.c), 0);
  Held<ArrowArray> batch;
  ASSERT_EQ(stream->get_next(&stream.c, &batch.c), 0);
  EXPECT_STREQ(schema->format, "+s");
  ASSERT_EQ(schema->n_children, page.columns());
  ASSERT_EQ(batch->n_children, page.columns());
  ASSERT_EQ(batch->length, page.size());
  int nulls = 0;
  for (int32_t column = 0; column < page.columns(); ++column) {
    const ArrowSchema& field = *schema->children[column];
    const ArrowArray& values = *batch->children[column];
    EXPECT_EQ(field.name, page.column_name(column));
    EXPECT_EQ(field.flags, ARROW_FLAG_NULLABLE);
    int64_t column_nulls = 0;
    for (int64_t row = 0; row < page.size(); ++row) {
      ASSERT_EQ(IsValid(values, row), !page.is_null(row, column)) << field.name;
      if (page.is_null(row, column)) {
        ++column_nulls;
      } else if (page.column_type(column) == OL_TYPE_TEXT) {
        EXPECT_STREQ(field.format, "u");
        EXPECT_EQ(TextAt(values, row), page.text(row, column));
      } else if (page.column_type(column) == OL_TYPE_ID) {
        EXPECT_STREQ(field.format, "u");
        EXPECT_EQ(TextAt(values, row), page.id(row, column).to_string());
      } else if (page.column_type(column) == OL_TYPE_INT) {
        EXPECT_EQ(WordAt(values, row), page.integer(row, column));
      }
    }
    EXPECT_EQ(values.null_count, column_nulls);
    nulls += static_cast<int>(column_nulls);
  }
  EXPECT_GT(nulls, 0) << "nothing was null, so nulls were not tried";
  EXPECT_STREQ(schema->children[FieldOf(schema.c, "obtained_at_us")]->format, "tsu:UTC");
  Held<ArrowArray> end;
  ASSERT_EQ(stream->get_next(&stream.c, &end.c), 0);
  EXPECT_EQ(end->release, nullptr);
  ASSERT_EQ(stream->get_next(&stream.c, &end.c), 0);
  EXPECT_EQ(end->release, nullptr);
}

TEST_F(ArrowTest, IntegersThatAreNoInstantsStayIntegersAndScoresAreDoubles) {
  const Workspace ws = People(2, 3);
  ws.scoring().run(
      R"({"factors": [{"name": "t", "field": "title", "points": 1, "any_of": ["ttt"]}]})");
  Held<ArrowArrayStream> senders, top;
  ws.senders().list().to_arrow(&senders.c);
  ws.scoring().top(10).to_arrow(&top.c);
  Held<ArrowSchema> of_senders, of_top;
  ASSERT_EQ(senders->get_schema(&senders.c, &of_senders.c), 0);
  ASSERT_EQ(top->get_schema(&top.c, &of_top.c), 0);
  EXPECT_STREQ(of_senders->children[FieldOf(of_senders.c, "premium")]->format, "l");
  EXPECT_STREQ(of_top->children[FieldOf(of_top.c, "score")]->format, "g");
}

TEST_F(ArrowTest, APageWithoutRowsHasASchemaAndNoBatch) {
  const Workspace ws = engine_->create_organization("Acme Ltd");
  Held<ArrowArrayStream> stream;
  ws.outbox().list().to_arrow(&stream.c);
  Held<ArrowSchema> schema;
  ASSERT_EQ(stream->get_schema(&stream.c, &schema.c), 0);
  EXPECT_GT(schema->n_children, 5);
  Held<ArrowArray> batch;
  ASSERT_EQ(stream->get_next(&stream.c, &batch.c), 0);
  EXPECT_EQ(batch->release, nullptr);
}

TEST_F(ArrowTest, TheStreamOutlivesItsPageAndItsEngineAndABatchOutlivesTheStream) {
  Held<ArrowArray> batch;
  Held<ArrowSchema> schema;
  {
    ArrowArrayStream made;
    {
      const Workspace ws = People(3, 3);
      const Rows page = ws.prospects().list();
      page.to_arrow(&made);
    }
    engine_->close();
    // Moved, as a consumer does that takes it into a struct of its own.
    Held<ArrowArrayStream> moved{made};
    made.release = nullptr;
    ASSERT_EQ(moved->get_schema(&moved.c, &schema.c), 0);
    ASSERT_EQ(moved->get_next(&moved.c, &batch.c), 0);
  }
  ASSERT_EQ(batch->length, 3);
  EXPECT_EQ(TextAt(*batch->children[FieldOf(schema.c, "title")], 2), "ttt");
}

TEST_F(ArrowTest, AChildThatWasMovedOutOutlivesItsParent) {
  const Workspace ws = People(3, 3);
  Held<ArrowArrayStream> stream;
  ws.prospects().list().to_arrow(&stream.c);
  Held<ArrowSchema> field;
  Held<ArrowArray> values;
  {
    Held<ArrowSchema> schema;
    Held<ArrowArray> batch;
    ASSERT_EQ(stream->get_schema(&stream.c, &schema.c), 0);
    ASSERT_EQ(stream->get_next(&stream.c, &batch.c), 0);
    const int title = FieldOf(schema.c, "title");
    field.c = *schema->children[title];
    schema->children[title]->release = nullptr;
    values.c = *batch->children[title];
    batch->children[title]->release = nullptr;
  }
  EXPECT_STREQ(field->name, "title");
  EXPECT_EQ(TextAt(values.c, 0), "ttt");
}

TEST_F(ArrowTest, ReleaseMarksTheStructAndMayComeBeforeAnythingWasRead) {
  const Workspace ws = People(3, 3);
  const int64_t before = ol_live_handles();
  ArrowArrayStream stream;
  ws.prospects().list().to_arrow(&stream);
  EXPECT_EQ(ol_live_handles(), before + 1);
  stream.release(&stream);
  EXPECT_EQ(stream.release, nullptr);
  EXPECT_EQ(ol_live_handles(), before);
}

TEST_F(ArrowTest, MoreTextThanABatchHoldsComesInSeveral) {
  constexpr int kPeople = 300;
  constexpr size_t kBytes = 60'000;  // 18 MB in all
  const Workspace ws = People(kPeople, kBytes);
  Held<ArrowArrayStream> stream;
  ws.prospects().list().to_arrow(&stream.c);
  Held<ArrowSchema> schema;
  ASSERT_EQ(stream->get_schema(&stream.c, &schema.c), 0);
  const int title = FieldOf(schema.c, "title");
  std::vector<int64_t> lengths;
  for (;;) {
    Held<ArrowArray> batch;
    ASSERT_EQ(stream->get_next(&stream.c, &batch.c), 0);
    if (batch->release == nullptr) break;
    lengths.push_back(batch->length);
    EXPECT_EQ(TextAt(*batch->children[title], batch->length - 1), std::string(kBytes, 't'));
  }
  ASSERT_EQ(lengths.size(), 2u);
  EXPECT_EQ(lengths[0] + lengths[1], kPeople);
}

TEST_F(ArrowTest, WhatIsWrongIsNamedAndLeavesNothingBehind) {
  const Workspace ws = engine_->create_organization("Acme Ltd");
  ol_error err;
  ArrowArrayStream stream;
  std::memset(&stream, 0x5a, sizeof(stream));
  EXPECT_EQ(ol_rows_to_arrow(nullptr, &stream, &err), OL_INVALID_ARGUMENT);
  EXPECT_NE(std::string(err.message).find("rows"), std::string::npos);
  EXPECT_EQ(stream.release, nullptr);
  onlyleads::Rows page = ws.outbox().list();
  ol_rows* freed = nullptr;
  ol_engine* engine = nullptr;
  ASSERT_EQ(
      ol_engine_open({dir_.path("b.db").c_str(), dir_.path("b.db").size()}, nullptr, &engine, &err),
      OL_OK);
  ASSERT_EQ(ol_organization_list(engine, &freed, &err), OL_OK);
  EXPECT_EQ(ol_rows_to_arrow(freed, nullptr, &err), OL_INVALID_ARGUMENT);
  EXPECT_NE(std::string(err.message).find("out"), std::string::npos);
  ol_rows_free(freed);
  EXPECT_EQ(ol_rows_to_arrow(freed, &stream, &err), OL_MISUSE);
  EXPECT_EQ(stream.release, nullptr);
  ol_engine_free(engine);
  Held<ArrowArrayStream> good;
  page.to_arrow(&good.c);
  EXPECT_EQ(good->get_schema(&good.c, nullptr), EINVAL);
  EXPECT_NE(good->get_last_error(&good.c), nullptr);
  Held<ArrowSchema> schema;
  EXPECT_EQ(good->get_schema(&good.c, &schema.c), 0);
  EXPECT_EQ(good->get_last_error(&good.c), nullptr);
}

}  // namespace
