#include "src/domain/inbox.h"

#include <string>
#include <vector>

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
                                          "no more"};

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
    "cease * contact",
    // German
    "aus ihrem verteiler", "aus eurem verteiler", "aus dem verteiler", "aus ihrer liste",
    "keine weiteren * mails", "keine weiteren nachrichten", "keine nachrichten mehr",
    "keine mails mehr", "keine e mails mehr", "keine werbung mehr", "widerspreche ich",
    "ich widerspreche", "unterlassen sie", "nicht mehr kontaktieren", "nicht mehr anschreiben",
    "nicht mehr schreiben", "kontaktieren sie mich nicht", "schreiben sie mir nicht",
    "möchte nicht kontaktiert", "keine kontaktaufnahme", "hören sie auf", "tragen sie mich aus",
    "melden sie mich ab", "bitte abmelden", "lassen sie mich in ruhe", "löschen sie meine",
    // French
    "retirer mon adresse", "retirez mon adresse", "retirez moi", "me retirer de",
    "ne veux plus recevoir", "ne souhaite plus recevoir", "ne souhaite plus être", "cesser de me",
    "cessez de me", "arrêter de me", "arrêtez de me", "désabonnez moi", "désinscrivez moi",
    "me désabonner", "me désinscrire", "ne me contactez plus", "plus me contacter",
    "ne plus me contacter", "ne m écrivez plus", "m oppose à", "laissez moi tranquille",
    // Spanish
    "deme de baja", "denme de baja", "darme de baja", "dar me de baja", "no deseo recibir",
    "no quiero recibir", "dejen de", "deje de escribirme", "deje de contactarme", "no me contacte",
    "no me contacten", "no me escriba", "no me escriban", "me opongo", "elimine mi", "eliminen mi",
    "quiero la baja",
    // Italian
    "cancellarmi dalla", "cancellatemi dalla", "cancellami dalla", "rimuovermi", "rimuovetemi",
    "non desidero più", "non voglio più", "non desidero ricevere", "non contattatemi",
    "non mi contatti", "non mi contattate", "non mi scriva", "non scrivetemi", "smettete di",
    "smetta di", "mi oppongo", "disiscrivetemi", "lasciatemi in pace",
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
    "sprzeciwiam się", "dajcie mi spokój"};

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

constexpr int kMaxGapWords = 4;
constexpr size_t kMaxKeywordWords = 6;

std::vector<std::string_view> Split(std::string_view folded) {
  std::vector<std::string_view> words;
  while (!folded.empty()) {
    const size_t space = folded.find(' ');
    if (space != 0) words.push_back(folded.substr(0, space));
    if (space == std::string_view::npos) break;
    folded.remove_prefix(space + 1);
  }
  return words;
}

bool MatchesFrom(const std::vector<std::string_view>& words, size_t at,
                 const std::vector<std::string_view>& pattern, size_t p) {
  for (; p < pattern.size(); ++p, ++at) {
    if (pattern[p] == "*") {
      for (size_t skip = 0; skip <= kMaxGapWords; ++skip) {
        if (MatchesFrom(words, at + skip, pattern, p + 1)) return true;
      }
      return false;
    }
    if (at >= words.size() || words[at] != pattern[p]) return false;
  }
  return true;
}

template <size_t n>
bool ContainsAny(const std::vector<std::string_view>& words, const std::string& folded,
                 const std::string_view (&patterns)[n]) {
  for (std::string_view text : patterns) {
    if (text.find('*') == std::string_view::npos) {
      if (folded.find(" " + std::string(text) + " ") != std::string::npos) return true;
      continue;
    }
    const std::vector<std::string_view> pattern = Split(text);
    for (size_t at = 0; at < words.size(); ++at) {
      if (MatchesFrom(words, at, pattern, 0)) return true;
    }
  }
  return false;
}

template <size_t n>
bool IsOneOf(std::string_view text, const std::string_view (&list)[n]) {
  for (std::string_view item : list) {
    if (item == text) return true;
  }
  return false;
}

bool IsKeyword(const std::vector<std::string_view>& words) {
  if (words.empty() || words.size() > kMaxKeywordWords) return false;
  std::string whole, bare;
  for (std::string_view word : words) {
    whole += (whole.empty() ? "" : " ") + std::string(word);
    if (!IsOneOf(word, kPoliteness)) bare += (bare.empty() ? "" : " ") + std::string(word);
  }
  return IsOneOf(whole, kKeywords) || IsOneOf(bare, kKeywords);
}

}  // namespace

ReplyLabel ClassifyReply(std::string_view text) {
  const std::string folded = FoldWords(text);
  const std::vector<std::string_view> words = Split(folded);
  if (IsKeyword(words)) return ReplyLabel::kOptOut;
  if (ContainsAny(words, folded, kPrivacyRequest)) return ReplyLabel::kPrivacyRequest;
  // Before the signs of an automatic text: who refuses from an absence note has refused.
  if (ContainsAny(words, folded, kOptOut)) return ReplyLabel::kOptOut;
  if (ContainsAny(words, folded, kAutoReply)) return ReplyLabel::kAutoReply;
  return ReplyLabel::kReply;
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
