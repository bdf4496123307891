// Keys are base::FoldKey forms: lower case, no accents, letters and digits only. "Name", "Nom",
// "Nombre" and their like are not here: what they mean depends on the columns beside them.
#include "src/domain/import/synonyms.h"

namespace onlyleads::domain {
namespace {

constexpr Synonyms kSynonyms[] = {
    {Field::kFirstName,
     "firstname first givenname forename contactfirstname personfirstname leadfirstname fname "
     "vorname rufname prenom prenoms primernombre voornaam nombredepila nomedibattesimo"},
    {Field::kLastName,
     "lastname last surname familyname secondname contactlastname personlastname leadlastname "
     "lname nachname familienname zuname nomdefamille apellido apellidos achternaam familienaam "
     "cognome"},
    {Field::kFullName,
     "fullname contactname personname leadname prospectname displayname profilename membername "
     "vollername vollstandigername ganzername vorundnachname namevollstandig kontaktname "
     "ansprechpartner nomcomplet nometprenom prenometnom nombrecompleto nombreyapellidos "
     "volledigenaam nomecompleto nomecognome nomeecognome"},
    {Field::kCompany,
     "company companyname currentcompany currentcompanyname companycurrent account accountname "
     "associatedcompany primaryassociatedcompany organization organisation organizationname "
     "organisationname employer currentemployer business businessname firma firmenname unternehmen "
     "unternehmensname arbeitgeber firmaunternehmen gesellschaft entreprise societe "
     "nomdelentreprise nomdelasociete employeur empresa compania nombredelaempresa organizacion "
     "bedrijf bedrijfsnaam werkgever organisatie azienda societa ragionesociale nomeazienda"},
    {Field::kTitle,
     "title jobtitle position currentposition currenttitle currentjobtitle role jobrole "
     "contacttitle persontitle leadtitle occupation jobposition linkedinjobtitle titel jobtitel "
     "berufsbezeichnung stellenbezeichnung funktion rolle beruf positiontitel poste fonction "
     "intituleduposte titreduposte titre cargo puesto titulo puestodetrabajo functie functietitel "
     "functienaam ruolo posizione mansione qualifica titolo"},
    {Field::kIndustry,
     "industry companyindustry industryname linkedinindustry branche industrie wirtschaftszweig "
     "sektor secteur secteurdactivite sector industria bedrijfstak settore"},
    {Field::kCity,
     "city town contactcity personcity leadcity mailingcity addresscity homecity billingcity stadt "
     "ort wohnort ville ciudad stad plaats woonplaats citta"},
    {Field::kCountry,
     "country countryregion countryname countrycode contactcountry personcountry leadcountry "
     "mailingcountry mailingcountrycode addresscountry land landregion staat landeskennung "
     "landercode pays paysregion pais paese nazione nation iso2 countryiso countrycodeiso"},
    {Field::kLocation,
     "location personlocation contactlocation leadlocation profilelocation standort region "
     "localisation lieu ubicacion locatie posizionegeografica localita"},
    {Field::kEmail,
     "email emails emailaddress emailaddresses mail mailaddress emailid emailprimary primaryemail "
     "secondaryemail tertiaryemail otheremail otheremails alternateemail alternativeemail "
     "additionalemail additionalemails additionalemailaddresses workemail businessemail "
     "companyemail corporateemail professionalemail personalemail personalemails privateemail "
     "homeemail contactemail personemail leademail directemail verifiedemail foundemail "
     "emailaddress1 emailaddress2 emailaddress3 email1 email2 email3 email4 email5 email1address "
     "emailwork emailpersonal workemailaddress personalemailaddress prospectemail "
     "emailfromdropcontact primaryemailaddress secondaryemailaddress businessemailaddress "
     "contactemailaddress companyemailaddress email1value email2value email3value "
     "emailadresse1 emailadresse2 emailadresse3 geschaftlicheemailadresse kontaktemail "
     "emailadressegeschaftlich emailadresseprivat "
     "emailadresse emailadressen mailadresse emailgeschaftlich emailprivat geschaftlicheemail "
     "privateemailadresse emailkontakt elektronischepost adresseemail adressemail "
     "adresseelectronique "
     "courriel courrielprofessionnel mailpro emailpro emailprofessionnel adressedemessagerie "
     "correo correoelectronico direcciondecorreo direcciondecorreoelectronico emaildetrabajo "
     "emailadres mailadres emailzakelijk indirizzoemail postaelettronica indirizzodiposta"},
    {Field::kLinkedinUrl,
     "linkedin linkedinurl linkedinprofile linkedinprofileurl linkedinprofilelink linkedinlink "
     "personlinkedinurl personlinkedin contactlinkedin contactlinkedinurl "
     "contactlinkedinprofileurl "
     "leadlinkedinurl prospectlinkedinurl hslinkedinurl linkedinbio linkedinc url profileurl "
     "profilelink profile publicprofileurl publicprofile defaultprofileurl linkedinpublicurl "
     "linkedinpublicprofileurl linkedinprofiles linkedinurlpublic linkedinurls memberurl leadurl "
     "salesnavigatorurl salesnavigatorprofileurl salesnavurl salesnavigatorprofilelink "
     "linkedinsalesnavigatorurl linkedinsalesnavigatorprofileurl salesprofileurl vmurl "
     "linkedinflagshipurl flagshipprofileurl personlinkedinprofileurl socialurl "
     "linkedinurlperson linkedinprofilurl profilurl "
     "linkedinprofil linkedinprofiladresse profiladresse profillink linkedinadresse "
     "profillinkedin urllinkedin lienlinkedin urldeprofil urlduprofil urlprofil perfillinkedin "
     "perfildelinkedin urldelinkedin urldelperfil enlacelinkedin linkedinprofiel profielurl "
     "profilolinkedin urlprofilo"},
    {Field::kLinkedinPublicId,
     "publicidentifier linkedinpublicidentifier publicid linkedinpublicid linkedinusername "
     "linkedinhandle linkedinslug vanityname linkedinvanityname universalname"},
    {Field::kMemberId,
     "vmid memberid linkedinmemberid profileid linkedinprofileid linkedinid linkedinurn profileurn "
     "entityurn memberurn linkedinuserid"},
    {Field::kSalesNavigatorId,
     "salesnavigatorid salesnavid salesnavigatorleadid salesnavigatorprofileid salesprofileid "
     "linkedinsalesnavigatorid salesprofileurn salesnavigatorurn"},
    {Field::kEmailOptOut,
     "hasoptedoutofemail emailoptout emailoptedout optedoutofemail optout optedout emailoptouts "
     "hasoptedout unsubscribed unsubscribedfromallemail unsubscribe emailunsubscribed "
     "isunsubscribed optoutofemail optoutemails optoutstatus emailoptoutstatus blacklisted "
     "unsubscribedfromallemails unsubscribedfromemail unsubscribedfromemails donotmarket "
     "donotemail noemail donotcontact donotmail dnc contactoptout marketingoptout "
     "unsubscribedemail "
     "hsemailoptout emailbounceoptout "
     "emailabmeldung abmeldung widersprochen werbungwidersprochen widerspruchwerbung hatoptout "
     "vonemailabgemeldet vonallenemailsabgemeldet vonemailsabgemeldet newsletterabmeldung "
     "abgemeldet emailabgemeldet abbestellt newsletterabgemeldet keinemail keineemail keineemails "
     "keinewerbung werbewiderspruch widerspruch nichtkontaktieren optoutemail emailwiderspruch "
     "emailsperre werbesperre desinscrit desabonne desinscription nepascontacter oppositionemail "
     "refusemail dadodebaja cancelosuscripcion nocontactar uitgeschreven afgemeld nietmailen "
     "disiscritto cancellato noncontattare"},
    {Field::kObjected, "objectedtomarketing objectedtodirectmarketing"},
    {Field::kRestricted, "processingrestricted"},
    {Field::kBirthDate,
     "birthdate dateofbirth dob birthday geburtsdatum geburtstag datedenaissance fechadenacimiento "
     "geboortedatum datadinascita"},
    {Field::kAge, "age alter alterinjahren edad leeftijd eta ageyears"},
};

}  // namespace

std::span<const Synonyms> HeaderSynonyms() { return kSynonyms; }

}  // namespace onlyleads::domain
