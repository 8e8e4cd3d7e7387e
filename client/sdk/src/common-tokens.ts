/**
 * Words that open guessing lists in several languages, in their plain form (lower case, letters for the digits that stand for them).
 * Deliberately small: it travels in every bundle. What it cannot know is said at judgePassphrase.
 */
export const commonTokens: ReadonlySet<string> = new Set(
  `password passwort passphrase passwd pass motdepasse contrasena contraseña senha parola wachtwoord kennwort secret geheim secreto
   welcome willkommen bienvenue letmein login admin administrator root master user guest test testing demo default changeme change
   qwerty qwertz azerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm abc abcdef abcd iloveyou love loveyou lovely liebe amor amour
   monkey dragon shadow sunshine princess prinzessin superman batman spiderman starwars pokemon naruto football fussball soccer
   baseball basketball hockey tennis liverpool arsenal chelsea barcelona juventus bayern realmadrid ferrari porsche mercedes
   mustang harley michael michelle jessica jennifer ashley daniel thomas andrew joshua matthew robert william charlie george
   jordan hunter killer flower cookie cheese chocolate schokolade summer sommer winter spring fruehling frühling autumn herbst ete été hiver
   january february march april may june july august september october november december januar februar märz mai juni juli oktober
   dezember monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag
   hello hallo bonjour hola ciao freedom trustno whatever computer internet samsung google facebook apple microsoft windows linux
   afterkeep vault backup family familie mother father mutter vater mama papa baby angel engel jesus christ god buddy
   ginger pepper maggie bailey buster tigger hannah sophie matrix phoenix silver golden diamond money dollar banana orange purple
   yellow black white green blue red schwarz weiss password1 one two three four five six seven eight nine zero`
    .split(/\s+/)
    .map((word) => word.trim()),
);
