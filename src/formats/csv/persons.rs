//! Columns of a conjugation: `verb,yo,tú,él,nosotros,vosotros,ellos`. Each is a line of the answer, with its person before it.

use crate::formats::columns::Column;
use crate::formats::csv::cells::is_used;
use crate::formats::table::survey::Survey;

/// The persons of one language each, as columns are called.
const PERSONS: &[&str] = &[
    "i|you|he|she|it|we|they|thou",
    "yo|tú|tu|vos|él|el|ella|ello|usted|ud|uds|vd|nosotros|nosotras|vosotros|vosotras|ellos|ellas|ustedes|os|as",
    "je|j|tu|il|elle|on|nous|vous|ils|elles",
    "io|tu|lui|lei|egli|ella|noi|voi|loro|essi|esse",
    "eu|tu|você|voce|ele|ela|nós|nos|vós|vos|eles|elas|vocês|voces|a|gente",
    "ich|du|er|sie|es|man|wir|ihr",
    "ik|jij|je|u|hij|zij|ze|het|wij|we|jullie",
    "jag|du|han|hon|den|det|vi|ni|de",
    "jeg|du|han|hun|den|det|vi|i|dere|de",
    "eu|tu|el|ea|noi|voi|ei|ele",
    "jo|tu|ell|ella|vostè|nosaltres|vosaltres|ells|elles|vostès",
    "ego|tu|is|ea|id|nos|vos|ei|ii|eae",
    "я|ты|он|она|оно|мы|вы|они",
    "я|ти|він|вона|воно|ми|ви|вони",
    "ja|ty|on|ona|ono|my|wy|oni|one|vy",
    "ja|ti|on|ona|ono|mi|vi|oni|one|ona",
    "ben|sen|o|biz|siz|onlar",
    "minä|sinä|hän|me|te|he",
    "én|te|ő|mi|ti|ők",
    "εγώ|εσύ|αυτός|αυτή|αυτό|εμείς|εσείς|αυτοί|αυτές|αυτά",
    "أنا|أنت|أنتِ|هو|هي|نحن|أنتم|هم|هن",
    "אני|אתה|את|הוא|היא|אנחנו|אתם|אתן|הם|הן",
];

/// Columns of persons that make a conjugation.
const FEWEST: usize = 3;

/// `1st person singular`, `3sg`, `2. Pers. Pl.`
fn is_numbered(name: &str) -> bool {
    let mut letters = name.chars();
    let is_person = matches!(letters.next(), Some('1'..='3')) && !letters.next().is_some_and(|c| c.is_ascii_digit());
    is_person && ["sg", "pl", "sing", "plur"].iter().any(|number| name.contains(number))
}

/// Which of the names of columns are persons, where these make a conjugation and something stands beside them.
pub(super) fn persons(names: &[String]) -> Vec<usize> {
    let small: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
    let those = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        small.iter().enumerate().filter(|(_, name)| is(name)).map(|(at, _)| at).collect()
    };
    let of_language = |persons: &str| {
        let is_person = |word: &str| persons.split('|').any(|person| person == word);
        those(&|name: &str| {
            let mut words = name.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).peekable();
            words.peek().is_some() && words.all(is_person)
        })
    };
    let found = PERSONS.iter().map(|persons| of_language(persons)).chain([those(&is_numbered)]);
    let most = found.max_by_key(Vec::len).unwrap_or_default();
    let differ = most.iter().all(|at| small.iter().filter(|name| small.get(*at) == Some(name)).count() == 1);
    if most.len() >= FEWEST && most.len() < names.len() && differ { most } else { Vec::new() }
}

/// Makes lines of the answer of some columns, each with its name before it.
pub(super) fn in_lines(those: &[usize], columns: &mut [Column], names: &[String], labels: &mut Vec<String>) {
    for at in those {
        labels.push(names.get(*at).cloned().unwrap_or_default());
        if let Some(column) = columns.get_mut(*at) {
            *column = Column::Line(labels.len() - 1);
        }
    }
}

/// The column of the verb, where it is the only one beside the persons and nothing says that these are something else.
pub(super) fn verb(persons: &[usize], columns: &[Column], survey: &Survey) -> Option<usize> {
    let mut others = (0..columns.len()).filter(|at| !persons.contains(at) && is_used(survey, *at));
    let are_free = persons.iter().all(|at| columns.get(*at) == Some(&Column::Unknown));
    let verb = others.next().filter(|_| are_free && !persons.is_empty())?;
    let may_ask = columns.get(verb).is_some_and(|column| column.asks() || *column == Column::Unknown);
    (may_ask && others.next().is_none()).then_some(verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_of_one_language_beside_something_else_are_a_conjugation() {
        for (names, expected) in [
            ("verb,yo,tú,él/ella/Ud.,nosotros,vosotros,ellos", "1 2 3 4 5 6"),
            ("Infinitiv,ich,du,er/sie/es,wir,ihr,sie/Sie", "1 2 3 4 5 6"),
            ("infinitif,sens,je (j'),tu,il,nous,vous,ils", "2 3 4 5 6 7"),
            ("глагол,я,ты,он,мы,вы,они", "1 2 3 4 5 6"),
            ("verb,1sg,2sg,3sg,1pl", "1 2 3 4"),
            ("I,you,he", ""),
            ("word,I,you", ""),
            ("verb,ich,ich,du", ""),
            ("front,back,extra,tags", ""),
        ] {
            let names: Vec<String> = names.split(',').map(str::to_owned).collect();
            let found: Vec<String> = persons(&names).iter().map(ToString::to_string).collect();
            assert_eq!(found.join(" "), expected, "{names:?}");
        }
    }
}
