//! Words that a few letters turn into another one, by the pairs in which languages do so: `hypothermia` and `hyperthermia`, `lactase` and
//! `lactose`, `Abfahrt` and `Anfahrt`. Whoever types the one for the other did not slip.
//!
//! Only pairs are here that would be slips by their letters. One that usual mistakes make too (`definate`, `abother`) stands with
//! what else its words have.

use crate::core::compare::letters::is_letter;

/// A pair that words begin with, and how the rest of such a word begins (`form-`) or ends (`-ung`); nothing where that does not matter.
type Beginning = (&'static str, &'static str, &'static str);

const ANY: &str = "";
/// How German words end that are made of verbs.
const GERMAN: &str = "-en -ern -eln -ung -fahrt -flug -gang -reise -zug";

const BEGINNINGS: &[Beginning] = &[
    // Above and below, within and between, for and against.
    ("hyper", "hypo", ANY),
    ("hiper", "hipo", ANY),
    ("iper", "ipo", ANY),
    ("гипер", "гипо", ANY),
    ("гіпер", "гіпо", ANY),
    ("υπερ", "υπο", ANY),
    ("inter", "intra", ANY),
    ("infra", "intra", ANY),
    ("интер", "интра", ANY),
    ("anteri", "interi", ANY),
    ("inferi", "interi", ANY),
    ("ante", "anti", ANY),
    ("pre", "pro", "mise- posit- scri- test- vision-"),
    ("en", "ex", "act- cyst- erg- tropy-"),
    ("dis", "mis", ANY),
    (
        "de",
        "re",
        "activat- centrali- compos- construct- duc- flat- flect- form- forest- generat- hydrat- mobili- polari- populat- press- \
         segregat- tain- tention- valu-",
    ),
    ("para", "peri", ANY),
    ("macro", "micro", ANY),
    ("makro", "mikro", ANY),
    ("макро", "микро", ANY),
    ("este", "oeste", ANY),
    ("leste", "oeste", ANY),
    // Away and towards.
    ("abduc", "adduc", ANY),
    ("absor", "adsor", ANY),
    ("abjur", "adjur", ANY),
    ("affer", "effer", ANY),
    ("ab", "an", GERMAN),
    ("auf", "aus", GERMAN),
    ("ver", "vor", GERMAN),
    ("ver", "zer", GERMAN),
    ("er", "ver", GERMAN),
    ("в", "вы", ANY),
    ("в", "ви", ANY),
    ("при", "про", ANY),
    ("въ", "вы", ANY),
    ("w", "wy", ANY),
    ("we", "wy", ANY),
    ("prze", "przy", ANY),
    ("v", "vy", ANY),
    ("ve", "vy", ANY),
    // One letter that denies.
    (
        "",
        "a",
        "biotic- cellular- chromat- cyclic- gnostic- moral- periodic- phon- polar- politic- rhythm- septic- sexual- social- symmetr- \
         symptom- synchron- systol- temporal- theis- tonal- toxic- typic- vascular-",
    ),
    ("", "o", "-ig -iga -igt"),
    ("", "u", "-ig -ige -igt"),
    ("", "s", "caric- comparir- content- copri- cortes- fortun- gonfi- leal- lega- mette- monta- vesti- volge-"),
    ("ever", "never", ANY),
    ("either", "neither", ANY),
    ("one", "none", ANY),
    ("ein", "kein", ANY),
    ("irgend", "nirgend", ANY),
    // Numbers and the calendar, of which each letter says as much as a digit.
    ("billi", "milli", ANY),
    ("billo", "millo", ANY),
    ("милли", "билли", ANY),
    ("deca", "deci", "bel- gram- lit- met- newton-"),
    ("deka", "dezi", ANY),
    ("hepta", "hexa", ANY),
    ("yocto", "yotta", ANY),
    ("zepto", "zetta", ANY),
    ("sesent", "setent", ANY),
    ("juli", "juni", ANY),
    ("julh", "junh", ANY),
    ("июл", "июн", ANY),
    // Two things of one field that are named alike.
    ("alti", "lati", ANY),
    ("arter", "arthr", ANY),
    ("conduct", "convect", ANY),
    ("emigr", "migr", ANY),
    ("ferri", "ferro", ANY),
    ("hemat", "hepat", ANY),
    ("hydro", "hygro", ANY),
    ("nephr", "neur", ANY),
    ("phono", "photo", ANY),
    ("subjectiv", "subjunctiv", ANY),
];

const ENDINGS: &[(&str, &str)] = &[
    ("ane", "ene"),
    ("ane", "yne"),
    ("ene", "yne"),
    ("anes", "enes"),
    ("anes", "ynes"),
    ("enes", "ynes"),
    ("anal", "anol"),
    ("ase", "ose"),
    ("ases", "oses"),
    ("emia", "uria"),
    ("emie", "urie"),
    ("gram", "graph"),
    ("grams", "graphs"),
    ("gramm", "graph"),
    ("itis", "osis"),
    ("phagia", "phasia"),
    ("dessous", "dessus"),
];

/// Pairs that stand anywhere in a word.
const ROOTS: &[(&str, &str)] = &[
    ("blast", "clast"),
    ("carp", "tars"),
    ("ectom", "ostom"),
    ("ectom", "otom"),
    ("ostom", "otom"),
    ("ethan", "methan"),
    ("ethen", "methen"),
    ("ethox", "methox"),
    ("ethyl", "methyl"),
    ("etan", "metan"),
    ("etil", "metil"),
    ("fil", "fob"),
    ("flect", "fract"),
    ("phil", "phob"),
];

/// Words of one family, by what stands before their endings (all of it with `^`), and how they end, each row in one language. Behind
/// anything else the endings are a usual mistake of spelling, or the grammar's.
const FAMILIES: &[(&str, &[&[&str]])] = &[
    (
        "arsen brom chlor clor chrom cyan ferr fluor fosf iod jod nitr phosph plumb selen stann sulf sulph tellur нитр сульф фосф хлор",
        &[
            &["ate", "ide", "ine", "ite"],
            &["ates", "ides", "ines", "ites"],
            &["at", "id", "it"],
            &["ato", "ito"],
            &["atos", "itos"],
            &["ат", "ид", "ит"],
        ],
    ),
    (
        "^alk ^but ^dec ^et ^eth ^hept ^hex ^met ^meth ^non ^oct ^pent ^prop ^бут ^мет ^окт ^пент ^проп ^эт",
        &[&["an", "en", "in"], &["ano", "eno", "ino"], &["ан", "ен", "ин"]],
    ),
    ("amil amyl celul lact latt malt sacar", &[&["asa", "osa"], &["asas", "osas"]]),
    (
        "address appoint assign bail consign detain draw employ endors examin franchis grant guarant interview licens mortgag \
         nomin oblig pay pledg promis test train transfer trust vend warrant",
        // `-er` for `-or` is a mistake of spelling (`guaranter`).
        &[&["ee", "er"], &["ee", "or"], &["ees", "ers"], &["ees", "ors"]],
    ),
];

/// Whole words that few letters tell apart, of one field: medicines, parts of the body, diseases, substances. Plurals in `-s` too.
const WORDS: &[(&str, &str)] = &[
    // Medicines and what the body makes of itself.
    ("prednisone", "prednisolone"),
    ("prednison", "prednisolon"),
    ("prednisona", "prednisolona"),
    ("methylprednisone", "methylprednisolone"),
    ("nifedipine", "nimodipine"),
    ("nifedipine", "felodipine"),
    ("amlodipine", "nimodipine"),
    ("lansoprazole", "pantoprazole"),
    ("omeprazole", "esomeprazole"),
    ("nitrazepam", "temazepam"),
    ("lorazepam", "temazepam"),
    ("ephedrine", "epinephrine"),
    ("quinine", "quinidine"),
    ("chlorpromazine", "chlorpropamide"),
    ("cefotaxime", "cefuroxime"),
    ("insulin", "inulin"),
    ("creatine", "creatinine"),
    ("creatin", "creatinin"),
    ("kreatin", "kreatinin"),
    ("creatina", "creatinina"),
    ("cysteine", "cystine"),
    ("cystein", "cystin"),
    ("cisteina", "cistina"),
    ("aldosterone", "androsterone"),
    ("cortisol", "cortisone"),
    ("renin", "rennin"),
    ("thymine", "thymidine"),
    ("thymine", "thiamine"),
    ("glucagon", "glycogen"),
    ("benzene", "benzine"),
    ("silicon", "silicone"),
    // Parts of the body.
    ("ileum", "ilium"),
    ("ileal", "ilial"),
    ("perineal", "peroneal"),
    ("perineal", "peritoneal"),
    ("perineum", "peritoneum"),
    ("peroneal", "peritoneal"),
    ("ureter", "urethra"),
    ("ureteral", "urethral"),
    ("ureteric", "urethric"),
    ("uretere", "urethre"),
    ("uretere", "uretre"),
    ("ureter", "uretra"),
    ("bronchial", "branchial"),
    ("brachial", "branchial"),
    ("brachial", "bronchial"),
    ("carotid", "parotid"),
    ("facial", "fascial"),
    ("femur", "femoral"),
    ("malleus", "malleolus"),
    ("medial", "median"),
    ("mental", "dental"),
    ("pleural", "plural"),
    ("prostate", "prostrate"),
    ("radial", "radical"),
    ("trochlea", "cochlea"),
    ("humeral", "humoral"),
    ("vagal", "valgal"),
    ("vagus", "valgus"),
    ("valgus", "varus"),
    // What happens to them.
    ("dysphasia", "dysplasia"),
    ("dysphonia", "dysphoria"),
    ("incubation", "intubation"),
    ("miosis", "meiosis"),
    ("mitosis", "meiosis"),
    ("miosis", "mitosis"),
    ("mitosis", "mycosis"),
    ("osteoporosis", "osteopetrosis"),
    ("palpation", "palpitation"),
    ("rubella", "rubeola"),
    ("tinea", "taenia"),
    ("tinea", "tenia"),
    ("centromere", "centrosome"),
    ("chromatid", "chromatin"),
];

/// Pairs that are named together and mean both, or the choice between them.
const PAIRS: [(&str, &str); 116] = [
    ("above", "below"),
    ("advantage", "disadvantage"),
    ("advantages", "disadvantages"),
    ("all", "nothing"),
    ("always", "never"),
    ("and", "or"),
    ("antes", "despues"),
    ("antes", "después"),
    ("apres", "avant"),
    ("après", "avant"),
    ("ascending", "descending"),
    ("before", "after"),
    ("big", "small"),
    ("black", "white"),
    ("boom", "bust"),
    ("bottom", "top"),
    ("buy", "sell"),
    ("cause", "effect"),
    ("client", "server"),
    ("column", "row"),
    ("cost", "benefit"),
    ("day", "night"),
    ("dead", "alive"),
    ("decrease", "increase"),
    ("decreases", "increases"),
    ("demand", "supply"),
    ("do", "die"),
    ("down", "up"),
    ("earliest", "latest"),
    ("east", "west"),
    ("either", "or"),
    ("encode", "decode"),
    ("encoder", "decoder"),
    ("even", "odd"),
    ("external", "internal"),
    ("fact", "fiction"),
    ("fall", "rise"),
    ("falls", "rises"),
    ("falsch", "richtig"),
    ("false", "true"),
    ("feast", "famine"),
    ("female", "male"),
    ("fight", "flight"),
    ("first", "last"),
    ("friend", "foe"),
    ("front", "back"),
    ("get", "set"),
    ("give", "take"),
    ("good", "bad"),
    ("greater", "less"),
    ("head", "tail"),
    ("heads", "tails"),
    ("high", "low"),
    ("higher", "lower"),
    ("highest", "lowest"),
    ("hit", "miss"),
    ("hot", "cold"),
    ("import", "export"),
    ("in", "out"),
    ("input", "output"),
    ("ja", "nein"),
    ("key", "value"),
    ("larger", "smaller"),
    ("largest", "smallest"),
    ("left", "right"),
    ("life", "death"),
    ("long", "short"),
    ("longest", "shortest"),
    ("make", "break"),
    ("man", "machine"),
    ("maximum", "minimum"),
    ("more", "less"),
    ("most", "least"),
    ("mother", "father"),
    ("nach", "vor"),
    ("name", "value"),
    ("nature", "nurture"),
    ("next", "previous"),
    ("no", "si"),
    ("no", "sí"),
    ("non", "oui"),
    ("north", "south"),
    ("now", "never"),
    ("off", "on"),
    ("old", "new"),
    ("open", "closed"),
    ("or", "not"),
    ("parent", "child"),
    ("pass", "fail"),
    ("past", "present"),
    ("plural", "singular"),
    ("plus", "minus"),
    ("positive", "negative"),
    ("possible", "impossible"),
    ("producer", "consumer"),
    ("public", "private"),
    ("publish", "perish"),
    ("pull", "push"),
    ("rain", "shine"),
    ("read", "write"),
    ("request", "response"),
    ("risk", "reward"),
    ("signal", "noise"),
    ("sink", "swim"),
    ("sooner", "later"),
    ("source", "target"),
    ("start", "stop"),
    ("stimulus", "response"),
    ("subject", "object"),
    ("trick", "treat"),
    ("truth", "dare"),
    ("win", "lose"),
    ("with", "without"),
    ("yes", "no"),
    ("zuerst", "zuletzt"),
    ("до", "после"),
];

/// Numbers and places in a row, as words without marks.
const NUMBERS: &str = "one two three four five six seven eight nine ten eleven twelve twenty thirty hundred thousand first second third fourth fifth \
    sixth seventh eighth ninth tenth once twice eins zwei drei vier funf sechs sieben acht neun zehn erste ersten erster erstes zweite zweiten \
    zweiter zweites dritte dritten dritter drittes vierte vierten un deux trois quatre cinq premier premiere deuxieme troisieme quatrieme uno dos \
    tres cuatro cinco primer primero primera segundo segunda tercer tercero tercera cuarto due tre quattro cinque primo prima secondo \
    seconda terzo terza первый первая второй вторая третий третья i ii iii iv v vi vii viii ix x xi xii";

/// Words that deny what they stand with.
const DENIALS: [&str; 14] =
    ["not", "no", "non", "never", "cannot", "except", "nicht", "kein", "keine", "keinen", "pas", "ne", "не", "нет"];

/// Whether two words are one of the pairs that are named together.
pub(super) fn is_pair(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    PAIRS.iter().any(|(a, b)| (one == *a && other == *b) || (one == *b && other == *a))
}

/// Whether the one word in which two questions differ tells them apart at a look: a number, what comes first or last, a contrary, a
/// denial. `other` is empty where the one question only has a word more.
#[must_use]
pub fn are_told_apart(one: &str, other: &str) -> bool {
    let counts = |word: &str| {
        let is_letter = word.chars().nth(1).is_none();
        is_letter || word.chars().any(char::is_numeric) || NUMBERS.split(' ').any(|number| number == word)
    };
    let denies = |word: &str| DENIALS.contains(&word) || word.ends_with("n't") || word.ends_with("n’t");
    if one.is_empty() || other.is_empty() {
        return denies(one) || denies(other);
    }
    let is_denied =
        |word: &str, prefix: &str| word.strip_prefix(prefix).is_some_and(|rest| rest == one || rest == other);
    denies(one) != denies(other)
        || (counts(one) && counts(other))
        || is_pair(one, other)
        || are_opposites(one, other)
        || ["dis", "im", "in", "ir", "non-", "un"]
            .iter()
            .any(|prefix| is_denied(one, prefix) || is_denied(other, prefix))
}

/// Whether two words are a pair of these.
fn are_pair(one: &str, other: &str) -> bool {
    WORDS.contains(&(one, other)) || WORDS.contains(&(other, one))
}

/// Whether two texts that differ by slips only, as keys, have words in the same place that are two different ones.
pub(super) fn have_opposites(one: &str, other: &str) -> bool {
    let (mine, others) = (words(one), words(other));
    if mine.len() == others.len() {
        mine.iter().zip(&others).any(|(one, other)| one != other && are_opposites(one, other))
    } else {
        are_opposites(&mine.concat(), &others.concat())
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c| !is_letter(c)).filter(|word| !word.is_empty()).collect()
}

fn are_opposites(one: &str, other: &str) -> bool {
    let both_ways = |of: &dyn Fn(&str, &str) -> bool| of(one, other) || of(other, one);
    let singular = |word| str::strip_suffix(word, 's').unwrap_or(word);
    if are_pair(one, other) || are_pair(singular(one), singular(other)) {
        return true;
    }
    BEGINNINGS.iter().any(|(a, b, conditions)| {
        let is_such = |rest: &str| {
            let fits = |condition: &str| match condition.strip_prefix('-') {
                Some(ending) => rest.ends_with(ending),
                None => rest.starts_with(condition.trim_end_matches('-')),
            };
            conditions.is_empty() || conditions.split_whitespace().any(fits)
        };
        both_ways(&|one, other| {
            one.strip_prefix(a).is_some_and(|rest| other.strip_prefix(b) == Some(rest) && is_such(rest))
        })
    }) || ENDINGS.iter().any(|(a, b)| {
        both_ways(&|one, other| one.strip_suffix(a).is_some_and(|stem| other.strip_suffix(b) == Some(stem)))
    }) || ROOTS.iter().any(|(a, b)| {
        both_ways(&|one, other| {
            let replaced = |(at, _): (usize, &str)| {
                let (before, root) = one.split_at(at);
                other.strip_prefix(before).and_then(|rest| rest.strip_prefix(b)) == root.strip_prefix(a)
            };
            one.match_indices(a).any(replaced)
        })
    }) || FAMILIES.iter().any(|(stems, rows)| rows.iter().any(|endings| are_of_family(one, other, stems, endings)))
}

fn are_of_family(one: &str, other: &str, stems: &str, endings: &[&str]) -> bool {
    endings.iter().filter_map(|ending| one.strip_suffix(ending)).any(|stem| {
        let is_such = |of: &str| of.strip_prefix('^').map_or_else(|| stem.ends_with(of), |whole| stem == whole);
        stems.split_whitespace().any(is_such)
            && other.strip_prefix(stem).is_some_and(|ending| endings.contains(&ending))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_told_apart_by_numbers_contraries_and_denials() {
        for (one, other) in [
            ("first", "second"),
            ("12", "13"),
            ("ii", "iv"),
            ("a", "b"),
            ("before", "after"),
            ("increases", "decreases"),
            ("hypothermia", "hyperthermia"),
            ("not", ""),
            ("is", "isn't"),
            ("usual", "unusual"),
            ("+", "-"),
        ] {
            assert!(are_told_apart(one, other) && are_told_apart(other, one), "{one} / {other}");
        }
        for (one, other) in
            [("leader", "manager"), ("good", ""), ("a", ""), ("in", ""), ("a", "the"), ("first", "leader")]
        {
            assert!(!are_told_apart(one, other) && !are_told_apart(other, one), "{one} / {other}");
        }
    }

    #[test]
    fn pairs_that_languages_tell_apart_by_a_few_letters_are_two_words() {
        for (one, other) in [
            ("hypothermia", "hyperthermia"),
            ("υποθερμια", "υπερθερμια"),
            ("intravenous", "intervenous"),
            ("macroeconomics", "microeconomics"),
            ("macro economics", "microeconomics"),
            ("prescribe", "proscribe"),
            ("antebellum", "antibellum"),
            ("abduction", "adduction"),
            ("energy", "exergy"),
            ("deflation", "reflation"),
            ("depolarisation", "repolarisation"),
            ("preposition", "proposition"),
            ("absorption", "adsorption"),
            ("the efferent nerve", "the afferent nerve"),
            ("disinformation", "misinformation"),
            ("anschalten", "abschalten"),
            ("vorstellen", "verstellen"),
            ("erlernen", "verlernen"),
            ("вход", "выход"),
            ("wjazd", "wyjazd"),
            ("typical", "atypical"),
            ("sexual", "asexual"),
            ("theist", "atheist"),
            ("vanlig", "ovanlig"),
            ("mulig", "umulig"),
            ("coprire", "scoprire"),
            ("ever seen", "never seen"),
            ("ein geld", "kein geld"),
            ("keine zeit", "eine zeit"),
            ("a billion people", "a million people"),
            ("decilitre", "decalitre"),
            ("setenta", "sesenta"),
            ("juni", "juli"),
            ("lactase", "lactose"),
            ("propane", "propene"),
            ("propyne", "propene"),
            ("ethanol", "ethanal"),
            ("sodium nitrate", "sodium nitrite"),
            ("sulfide", "sulfite"),
            ("chlorine", "chloride"),
            ("nitrit", "nitrat"),
            ("нитрат", "нитрит"),
            ("propan", "propen"),
            ("etano", "eteno"),
            ("lactasa", "lactosa"),
            ("въезд", "выезд"),
            ("asystole", "systole"),
            ("ethanol", "methanol"),
            ("diethyl", "dimethyl"),
            ("employer", "employee"),
            ("transferor", "transferee"),
            ("hydrophobic", "hydrophilic"),
            ("osteoclast", "osteoblast"),
            ("dermatosis", "dermatitis"),
            ("gastrectomy", "gastrotomy"),
            ("refraction", "reflection"),
            ("metacarpal", "metatarsal"),
            ("dessous", "dessus"),
            ("prednisone", "prednisolone"),
            ("ileum", "ilium"),
            ("perineal nerve", "peroneal nerve"),
            ("ureters", "urethras"),
            ("the ureteral orifice", "the urethral orifice"),
            ("creatinine", "creatine"),
            ("meiosis", "miosis"),
        ] {
            assert!(have_opposites(one, other) && have_opposites(other, one), "{one} / {other}");
        }
    }

    #[test]
    fn usual_mistakes_of_spelling_make_no_other_word() {
        for (one, other) in [
            ("definate", "definite"),
            ("climite", "climate"),
            ("favorate", "favorite"),
            ("frauan", "frauen"),
            ("famasa", "famosa"),
            ("abother", "another"),
            ("adout", "about"),
            ("amirica", "america"),
            ("frica", "africa"),
            ("nimal", "animal"),
            ("cademic", "academic"),
            ("phere", "sphere"),
            ("antibiitic", "antibiotic"),
            ("guaranter", "guarantor"),
            ("vender", "vendor"),
            ("tibeten", "tibetan"),
            ("merican", "american"),
            ("estrogen", "oestrogen"),
            ("soething", "something"),
            ("perscribe", "prescribe"),
            ("inited states", "united states"),
            ("medicene", "medicine"),
            ("recieve", "receive"),
            ("amiga", "amigo"),
            ("top", "stop"),
            ("coffe", "coffee"),
            ("coffer", "coffee"),
            ("numbee", "number"),
            ("preblem", "problem"),
            ("deview", "review"),
            ("enplain", "explain"),
            ("decade", "decide"),
            ("oftware", "software"),
            ("prednisolne", "prednisolone"),
            ("illium", "ilium"),
            ("uretra", "urethra"),
            ("perinial", "perineal"),
            ("prostrate gland", "prostatic gland"),
            ("same", "same"),
            ("word", "words and more"),
        ] {
            assert!(!have_opposites(one, other) && !have_opposites(other, one), "{one} / {other}");
        }
    }
}
