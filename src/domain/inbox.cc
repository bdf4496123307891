#include "src/domain/inbox.h"

#include <algorithm>
#include <string>
#include <vector>

#include "src/base/text.h"
#include "src/domain/words.h"

namespace onlyleads::domain {
namespace {

// Alone in a message (politeness aside) these end the conversation.
constexpr std::string_view kKeywords[] = {"stop",
                                          "stop all",
                                          "stopall",
                                          "unsubscribe",
                                          "unsubscribe me",
                                          "cancel",
                                          "end",
                                          "quit",
                                          "revoke",
                                          "optout",
                                          "opt out",
                                          "remove",
                                          "remove me",
                                          "arret",
                                          "arrêt",
                                          "arrêtez",
                                          "td",
                                          "abmelden",
                                          "austragen",
                                          "abbestellen",
                                          "widerspruch",
                                          "löschen",
                                          "désabonner",
                                          "désinscription",
                                          "désinscrire",
                                          "baja",
                                          "cancelar",
                                          "parar",
                                          "cancellami",
                                          "cancellatemi",
                                          "disiscrivimi",
                                          "disiscrizione",
                                          "basta",
                                          "afmelden",
                                          "uitschrijven",
                                          "stoppen",
                                          "rezygnuję",
                                          "wypisz",
                                          "wypisz mnie",
                                          "usuń",
                                          "usuń mnie",
                                          "no thanks stop",
                                          "no more",
                                          "no me contactes",
                                          "avregistrera",
                                          "停止",
                                          "退订",
                                          "отписаться"};

constexpr std::string_view kPoliteness[] = {
    "please", "pls",      "thanks",  "thank",  "you",   "now",   "kindly",      "bitte",
    "danke",  "merci",    "svp",     "sil",    "vous",  "plaît", "s",           "il",
    "por",    "favor",    "gracias", "grazie", "prego", "graag", "alstublieft", "bedankt",
    "proszę", "dziękuję", "hi",      "hello",  "hallo", "me"};

// Word patterns; * stands for up to four words. Any one makes an opt-out.
constexpr std::string_view kOptOut[] = {
    // English
    "unsubscribe me", "please unsubscribe", "take * off your", "take me off", "remove me",
    "remove my", "remove us from", "stop writing", "stop contacting", "stop emailing",
    "stop mailing", "stop messaging", "stop sending", "stop spamming", "do not contact",
    "don t contact", "dont contact", "do not * contact me", "do not message", "don t message",
    "dont message", "do not write", "don t write", "do not email", "don t email", "do not send me",
    "don t send me", "no more e mails", "no more emails", "no more messages", "no further messages",
    "no further emails", "no further contact", "not contact me", "opt me out", "opt out of",
    "want to opt out", "leave me alone", "stop this", "object to * marketing",
    "object to * processing", "not want to be contacted", "not wish to be contacted",
    "not want * messages", "not wish to receive", "not want to receive", "never contact",
    "cease * contact", "no longer wish to", "not reach out", "don t reach out", "not want to hear",
    "don t want to hear", "stop bothering", "stop harassing", "ever contact me", "i opt out",
    "opting out", "like to opt out", "unsubscribe this", "please stop writing",
    // German
    "aus ihrem verteiler", "aus eurem verteiler", "aus dem verteiler", "aus ihrer liste",
    "keine weiteren * mails", "keine weiteren nachrichten", "keine nachrichten mehr",
    "keine mails mehr", "keine e mails mehr", "keine werbung mehr", "widerspreche ich",
    "ich widerspreche", "unterlassen sie", "nicht mehr kontaktieren", "nicht mehr anschreiben",
    "nicht mehr schreiben", "kontaktieren sie mich nicht", "schreiben sie mir nicht",
    "möchte nicht kontaktiert", "keine kontaktaufnahme", "hören sie auf", "tragen sie mich aus",
    "melden sie mich ab", "bitte abmelden", "lassen sie mich in ruhe", "löschen sie meine",
    "bitte löschen", "keine weiteren anfragen",
    // French
    "retirer mon adresse", "retirez mon adresse", "retirez moi", "me retirer de",
    "ne veux plus recevoir", "ne souhaite plus recevoir", "ne souhaite plus être", "cesser de me",
    "cessez de me", "arrêter de me", "arrêtez de me", "arrêtez de m", "désabonnez moi",
    "désinscrivez moi", "me désabonner", "me désinscrire", "ne me contactez plus",
    "plus me contacter", "ne plus me contacter", "ne m écrivez plus", "m oppose à",
    "laissez moi tranquille",
    // Spanish
    "deme de baja", "denme de baja", "darme de baja", "dar me de baja", "no deseo recibir",
    "no quiero recibir", "dejen de", "deje de escribirme", "deje de contactarme", "no me contacte",
    "no me contactes", "no me escribas", "dar de baja", "no me contacten", "no me escriba",
    "no me escriban", "me opongo", "elimine mi", "eliminen mi", "quiero la baja",
    // Italian
    "cancellarmi dalla", "cancellatemi dalla", "cancellami dalla", "rimuovermi", "rimuovetemi",
    "non desidero più", "non voglio più", "non desidero ricevere", "non contattatemi",
    "non mi contatti", "non mi contattate", "non scrivermi", "non contattarmi", "non mi scriva",
    "non scrivetemi", "smettete di", "smetta di", "mi oppongo", "disiscrivetemi",
    "lasciatemi in pace",
    // Dutch
    "uit uw bestand", "uit uw lijst", "uit je lijst", "uit jullie lijst", "geen mails meer",
    "geen e mails meer", "geen berichten meer", "geen mail meer", "geen contact meer",
    "niet meer contacteren", "niet meer benaderen", "niet meer mailen", "schrijf me uit",
    "schrijf mij uit", "meld me af", "meld mij af", "maak bezwaar", "stop met mailen",
    "stop met berichten", "laat me met rust",
    // Polish
    "usunięcie mojego adresu", "usunięcie mnie", "usunąć mnie", "usunąć mój", "nie życzę sobie",
    "rezygnuję z", "nie pisać", "proszę nie kontaktować", "nie kontaktować się",
    "proszę się nie kontaktować", "wypisać mnie", "proszę o wypisanie", "wnoszę sprzeciw",
    "sprzeciwiam się", "dajcie mi spokój", "proszę nie",
    // Portuguese, Swedish
    "não me contacte", "parem de me", "sluta kontakta", "sluta skriva"};

// A request about one's data: someone must answer it, and meanwhile nothing is sent.
constexpr std::string_view kPrivacyRequest[] = {"gdpr",
                                                "dsgvo",
                                                "rgpd",
                                                "rodo",
                                                "avg al mijn",
                                                "grond van de avg",
                                                "where did you get my",
                                                "delete * my data",
                                                "delete everything you hold",
                                                "erase my",
                                                "my personal data",
                                                "welche daten sie über mich",
                                                "meine daten löschen",
                                                "mes données",
                                                "mis datos personales",
                                                "miei dati",
                                                "mijn gegevens",
                                                "moich danych"};

constexpr std::string_view kAutoReply[] = {"automatic reply",
                                           "auto reply",
                                           "autoreply",
                                           "out of office",
                                           "i am away until",
                                           "i am on leave",
                                           "i am on vacation",
                                           "office is closed",
                                           "automatische antwort",
                                           "abwesenheitsnotiz",
                                           "nicht im büro",
                                           "ich bin im urlaub",
                                           "réponse automatique",
                                           "absence du bureau",
                                           "je suis absent",
                                           "je suis absente",
                                           "en congés",
                                           "respuesta automática",
                                           "fuera de la oficina",
                                           "de vacaciones",
                                           "risposta automatica",
                                           "fuori ufficio",
                                           "sarò in ferie",
                                           "automatisch antwoord",
                                           "ben met vakantie",
                                           "afwezig",
                                           "odpowiedź automatyczna",
                                           "automatyczna odpowiedź",
                                           "jestem nieobecny",
                                           "jestem nieobecna",
                                           "na urlopie",
                                           "resposta automática",
                                           "autosvar",
                                           "automatisk svar",
                                           "automaattinen vastaus",
                                           "răspuns automat",
                                           "otomatik yanıt",
                                           "автоответ",
                                           "自動返信",
                                           "自动回复",
                                           "자동 응답"};

// Of kKeywords those that mean something else as a part of a longer text.
constexpr std::string_view kOnlyAlone[] = {"cancel", "end",   "quit", "revoke",  "remove",  "td",
                                           "parar",  "basta", "baja", "no more", "cancelar"};
// As a word of a few these end the conversation as well, unless a neighbour says otherwise.
constexpr std::string_view kStops[] = {"stop", "unsubscribe"};
constexpr std::string_view kNotBefore[] = {"t",    "non",     "not",   "never", "cannot", "could",
                                           "cant", "couldnt", "nicht", "ne",    "full"};
constexpr std::string_view kNotBehind[] = {"by",       "over", "at",        "in",       "thinking",
                                           "worrying", "off",  "wondering", "laughing", "talking"};

constexpr int kMaxGapWords = 4;
constexpr size_t kMaxKeywordWords = 6, kFewWords = 4;
constexpr size_t kMaxRefusalBytes = 256, kMaxTagBytes = 512, kMaxEntityBytes = 10;

using Words = std::vector<std::string_view>;

Words Split(std::string_view folded) {
  Words words;
  while (!folded.empty()) {
    const size_t space = folded.find(' ');
    if (space != 0) words.push_back(folded.substr(0, space));
    if (space == std::string_view::npos) break;
    folded.remove_prefix(space + 1);
  }
  return words;
}

// How texts and lists are compared: as they are written, or by their plain letters alone, so that
// arretez is arrêtez, loeschen löschen, and no invisible or look-alike letter hides a word.
enum class Letters { kAsWritten, kPlain };

std::string Fold(std::string_view text, Letters letters) {
  if (letters == Letters::kAsWritten) return FoldWords(text);
  const std::string plain = base::PlainLetters(text);
  std::string out = " ";
  for (size_t i = 0; i < plain.size(); ++i) {
    const char c = plain[i];
    if (c == ' ' && out.back() == ' ') continue;
    // ä is written ae where the keyboard has none; its plain letter is a.
    const bool umlaut = c == 'e' && (out.back() == 'a' || out.back() == 'o' || out.back() == 'u');
    if (!umlaut) out.push_back(c);
  }
  if (out.back() != ' ') out.push_back(' ');
  return out;
}

// Texts in one form of letters, sorted.
class Phrases {
 public:
  template <size_t n>
  Phrases(const std::string_view (&texts)[n], Letters letters) {
    for (const std::string_view text : texts) {
      std::vector<std::string> phrase;
      for (const std::string_view word : Split(text)) {
        const std::string folded = Fold(word, letters);
        phrase.push_back(word == "*" ? "*" : folded.substr(1, folded.size() - 2));
      }
      phrases_.push_back(std::move(phrase));
    }
    std::sort(phrases_.begin(), phrases_.end());
  }

  bool Is(const Words& words) const {
    return std::binary_search(phrases_.begin(), phrases_.end(), words, Earlier());
  }
  // Whether one of them stands anywhere among the words.
  bool IsIn(const Words& words) const {
    for (size_t at = 0; at < words.size(); ++at) {
      auto phrase = std::lower_bound(phrases_.begin(), phrases_.end(), Words{words[at]}, Earlier());
      for (; phrase != phrases_.end() && phrase->front() == words[at]; ++phrase) {
        if (MatchesFrom(words, at, *phrase, 0)) return true;
      }
    }
    return false;
  }

 private:
  struct Earlier {
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
    }
  };

  static bool MatchesFrom(const Words& words, size_t at, const std::vector<std::string>& phrase,
                          size_t p) {
    for (; p < phrase.size(); ++p, ++at) {
      if (phrase[p] == "*") {
        for (size_t skip = 0; skip <= kMaxGapWords; ++skip) {
          if (MatchesFrom(words, at + skip, phrase, p + 1)) return true;
        }
        return false;
      }
      if (at >= words.size() || words[at] != phrase[p]) return false;
    }
    return true;
  }

  std::vector<std::vector<std::string>> phrases_;
};

struct Lists {
  explicit Lists(Letters letters)
      : keywords(kKeywords, letters),
        only_alone(kOnlyAlone, letters),
        politeness(kPoliteness, letters),
        opt_out(kOptOut, letters),
        privacy_request(kPrivacyRequest, letters),
        auto_reply(kAutoReply, letters) {}
  Phrases keywords, only_alone, politeness, opt_out, privacy_request, auto_reply;
};

const Lists& ListsOf(Letters letters) {
  static const Lists kWritten(Letters::kAsWritten), kPlain(Letters::kPlain);
  return letters == Letters::kAsWritten ? kWritten : kPlain;
}

// One that is said again and again counts once; without those of a list, if there is one.
Words Bare(const Words& words, const Phrases* without) {
  Words bare;
  for (const std::string_view word : words) {
    if (without != nullptr && without->Is({word})) continue;
    if (bare.empty() || bare.back() != word) bare.push_back(word);
  }
  return bare;
}

bool IsKeyword(const Words& words, const Lists& lists, bool whole_text) {
  if (words.empty() || words.size() > kMaxKeywordWords) return false;
  for (const Words& said : {Bare(words, nullptr), Bare(words, &lists.politeness)}) {
    if (lists.keywords.Is(said) && (whole_text || !lists.only_alone.Is(said))) return true;
  }
  return false;
}

bool StopsInFewWords(const Words& words) {
  if (words.size() > kFewWords) return false;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!base::IsOneOf(words[i], kStops)) continue;
    const bool other = (i > 0 && base::IsOneOf(words[i - 1], kNotBefore)) ||
                       (i + 1 < words.size() && base::IsOneOf(words[i + 1], kNotBehind));
    if (!other) return true;
  }
  return false;
}

// S.T.O.P.
std::string SpelledOut(const Words& words) {
  std::string word;
  for (std::string_view letter : words) {
    if (letter.size() != 1) return {};
    word += letter;
  }
  return word;
}

bool IsRefusal(std::string_view text, Letters letters, bool whole_text) {
  const std::string folded = Fold(text, letters);
  const Words words = Split(folded);
  if (IsKeyword(words, ListsOf(letters), whole_text) || StopsInFewWords(words)) return true;
  const std::string spelled = SpelledOut(words);
  return spelled.size() > 2 && IsKeyword({spelled}, ListsOf(letters), whole_text);
}

// Any part of the text between punctuation, tags and lines is one.
bool HoldsRefusal(std::string_view text, Letters letters) {
  if (IsRefusal(text, letters, true)) return true;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(".!?,;:\n\r()<>|"), text.size());
    if (end > 0 && end < kMaxRefusalBytes && IsRefusal(text.substr(0, end), letters, false)) {
      return true;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

// Tags and entities of HTML are no words.
std::string WithoutMarkup(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char open = text.front();
    const size_t longest = open == '<' ? kMaxTagBytes : open == '&' ? kMaxEntityBytes : 0;
    const size_t close = text.substr(0, longest).find(open == '<' ? '>' : ';');
    if (longest == 0 || close == std::string_view::npos) {
      out.push_back(open);
      text.remove_prefix(1);
      continue;
    }
    out.push_back(open == '<' ? '\n' : ' ');
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace

ReplyLabel ClassifyReply(std::string_view given) {
  const std::string text = WithoutMarkup(given);
  bool automatic = false;
  for (const Letters letters : {Letters::kAsWritten, Letters::kPlain}) {
    if (HoldsRefusal(text, letters)) return ReplyLabel::kOptOut;
    const std::string folded = Fold(text, letters);
    const Words words = Split(folded);
    const Lists& lists = ListsOf(letters);
    if (lists.privacy_request.IsIn(words)) return ReplyLabel::kPrivacyRequest;
    // Before the signs of an automatic text: who refuses from an absence note has refused.
    if (lists.opt_out.IsIn(words)) return ReplyLabel::kOptOut;
    automatic = automatic || lists.auto_reply.IsIn(words);
  }
  return automatic ? ReplyLabel::kAutoReply : ReplyLabel::kReply;
}

std::string_view ReplyLabelName(ReplyLabel label) {
  switch (label) {
    case ReplyLabel::kOptOut:
      return "opt_out";
    case ReplyLabel::kPrivacyRequest:
      return "privacy_request";
    case ReplyLabel::kAutoReply:
      return "auto_reply";
    case ReplyLabel::kReply:
      break;
  }
  return "reply";
}

}  // namespace onlyleads::domain
