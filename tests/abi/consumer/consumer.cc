// A C++17 program outside the tree, through find_package and the face.
#include <iostream>
#include <onlyleads/onlyleads.hpp>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    const onlyleads::Engine engine = onlyleads::Engine::open(argv[1]);
    const onlyleads::Workspace ws = engine.create_organization("Acme Ltd");
    std::cout << onlyleads::version() << ", " << ws.prospects().count() << " people, "
              << onlyleads::policy::evaluate(R"({"recipient_country": "DE"})") << "\n";
    engine.close();
    return 0;
  } catch (const onlyleads::Error& error) {
    std::cerr << error.code_name() << ": " << error.what() << "\n";
    return 1;
  }
}
