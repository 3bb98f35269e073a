//! Identities that are the same on every machine.

use crate::core::scheduler::splitmix64;
use sha2::Digest as _;
use sha2::Sha256;
use std::fmt;

pub(crate) fn first_16(hash: &[u8]) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash) {
        *to = *from;
    }
    bytes
}

fn first_u64(hash: &[u8]) -> u64 {
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The first 64 bits of SHA-256 over `bytes`, big-endian. Stable for ever; used where a short content hash is enough.
#[must_use]
pub fn hash64(bytes: &[u8]) -> u64 {
    first_u64(&Sha256::digest(bytes))
}

/// [`hash64`] of what comes piece by piece.
#[derive(Debug, Default)]
pub struct Hasher64(Sha256);

impl Hasher64 {
    /// Adds the next piece.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all pieces.
    #[must_use]
    pub fn finish(self) -> u64 {
        first_u64(&self.0.finalize())
    }
}

/// A short hash of content for this database alone: no name is made from it. Stable for ever, like [`hash64`], and ten
/// times as fast where the processor has no instruction for SHA-256; colliding texts can be made on purpose.
#[must_use]
pub fn quick64(bytes: &[u8]) -> u64 {
    let start = splitmix64(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    let step = |hash: u64, word: u64| splitmix64(hash ^ word).wrapping_add(hash.rotate_left(23));
    let (words, rest) = bytes.as_chunks();
    let hash = words.iter().fold(start, |hash, word| step(hash, u64::from_le_bytes(*word)));
    let last = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    if rest.is_empty() { hash } else { step(hash, last) }
}

pub(super) fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |four: u8| char::from(DIGITS.get(usize::from(four)).copied().unwrap_or(b'0'));
    let text: String = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    f.write_str(&text)
}

fn unhex(text: &str) -> Option<[u8; 16]> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| *c != '-')
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |n, d| n << 4 | d)).collect();
    (digits.len() == 32).then(|| first_16(&bytes))
}

macro_rules! id_of_16_bytes {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                hex(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl $name {
            /// Reads 32 hexadecimal digits, with or without hyphens.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                unhex(text).map(Self)
            }
        }
    };
}

id_of_16_bytes! {
    /// A note, the same on every device that has it.
    NoteUid
}
id_of_16_bytes! {
    /// One database on one machine. Two events never share (device, sequence).
    DeviceId
}

impl DeviceId {
    /// Enough of it for people to tell devices apart.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

id_of_16_bytes! {
    /// A profile in what it shares: chance, and the same in all its files.
    ShareId
}
id_of_16_bytes! {
    /// Content hash of a scheduler configuration.
    ConfigId
}

/// A picture or sound, by the SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MediaHash(pub [u8; 32]);

impl fmt::Display for MediaHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl MediaHash {
    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let (front, back) = text.split_at_checked(32)?;
        let mut bytes = [0; 32];
        let halves = unhex(front)?.into_iter().chain(unhex(back)?);
        for (to, from) in bytes.iter_mut().zip(halves) {
            *to = from;
        }
        Some(Self(bytes))
    }
}

impl serde::Serialize for MediaHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for MediaHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("not the hash of a media file"))
    }
}

/// Whether a deck can have this id: `/` and `#` have another meaning in names of cards, and a note's uid is made of
/// deck and key with a `/` between.
#[must_use]
pub fn is_deck_id(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(['/', '#']) && !text.contains(is_in_no_name)
}

/// Whether a character begins a new line or drives a terminal: in a name nobody could see or type it.
#[must_use]
pub fn is_in_no_name(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The deck and the name within it that a word of the deck `own` means: `deck/name` is of that deck, and a word without a `/` is
/// of `own`. A name with a `/` in it takes its deck before it.
#[must_use]
pub fn in_deck<'w>(own: &'w str, word: &'w str) -> (&'w str, &'w str) {
    word.split_once('/').unwrap_or((own, word))
}

impl NoteUid {
    /// The uid of the note `key` of deck `deck_id`: the first 16 bytes of SHA-256 over `lmq:deck-id/key`.
    #[must_use]
    pub fn of_key(deck_id: &str, key: &str) -> Self {
        Self::of_name(&format!("lmq:{deck_id}/{key}"))
    }

    /// The uid that stands in the place of a key: a note without a key goes out under it.
    #[must_use]
    pub fn in_place_of_key(key: &str) -> Option<Self> {
        Self::from_hex(key).filter(|_| key.len() == 32)
    }

    /// The uid of the note of deck `deck_id` that a file names by this key alone.
    #[must_use]
    pub fn of_file_key(deck_id: &str, key: &str) -> Self {
        Self::in_place_of_key(key).unwrap_or_else(|| Self::of_key(deck_id, key))
    }

    /// The uid of the note that a word of `after` names in a note of the deck `deck_id`; see [`in_deck`].
    #[must_use]
    pub fn of_after(deck_id: &str, word: &str) -> Self {
        let (deck, key) = in_deck(deck_id, word);
        Self::of_key(deck, key)
    }

    /// The uid of a note that another program named, over its namespace and id, for example `anki:guid`.
    #[must_use]
    pub fn of_foreign(namespace: &str, id: &str) -> Self {
        Self::of_name(&format!("{namespace}:{id}"))
    }

    /// The uid of a row that says neither key nor id, so that the same table is the same notes on every device: the first
    /// 16 bytes of SHA-256 over `lmq:row`, the file's own word for the deck, the prompt and, where that prompt occurs more
    /// than once in the file, the answer and the row's number (from 1) among wholly equal ones. A zero byte stands
    /// between them; prompt and answer are taken in NFC.
    #[must_use]
    pub fn of_row(deck: &str, prompt: &str, repeated: Option<(&str, u32)>) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"lmq:row\0");
        hasher.update(deck.as_bytes());
        hasher.update([0]);
        update_nfc(&mut hasher, prompt);
        if let Some((answer, number)) = repeated {
            hasher.update([0]);
            update_nfc(&mut hasher, answer);
            hasher.update([0]);
            hasher.update(number.to_string().as_bytes());
        }
        Self(first_16(&hasher.finalize()))
    }

    /// Its first 64 bits: enough to tell the names of one file's rows apart.
    #[must_use]
    pub fn short(self) -> u64 {
        first_u64(&self.0)
    }

    fn of_name(name: &str) -> Self {
        Self(first_16(&Sha256::digest(name.as_bytes())))
    }
}

fn update_nfc(hasher: &mut Sha256, text: &str) {
    hasher.update(crate::core::compare::identity::composed(text).as_bytes());
}

impl ConfigId {
    /// The id of a configuration, from its canonical JSON.
    #[must_use]
    pub fn of_json(json: &str) -> Self {
        Self(first_16(&Sha256::digest(json.as_bytes())))
    }
}

/// A card: the `ordinal`-th of its note. Ordinals begin at 1; a cloze's ordinal is its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardId {
    /// The note that the card is made from.
    pub note: NoteUid,
    /// Which card of the note.
    pub ordinal: u16,
}

impl CardId {
    /// The number that everything deterministic about this card starts from: the first 64 bits of SHA-256 over
    /// the 16 bytes of the note's uid and the ordinal as 4 bytes, big-endian.
    #[must_use]
    pub fn hash(self) -> u64 {
        let mut hasher = Sha256::new();
        hasher.update(self.note.0);
        hasher.update(u32::from(self.ordinal).to_be_bytes());
        first_u64(&hasher.finalize())
    }

    /// Reads the form that [`CardId`] is displayed in.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (note, ordinal) = text.rsplit_once('-')?;
        Some(Self { note: NoteUid::from_hex(note)?, ordinal: ordinal.parse().ok()? })
    }
}

impl fmt::Display for CardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.note, self.ordinal)
    }
}

/// One event: the `sequence`-th of its device, from 1, without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// Who wrote it.
    pub device: DeviceId,
    /// Its place among that device's events.
    pub sequence: u64,
}

/// One user-visible step: the `number`-th of its device, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId {
    /// Who took it.
    pub device: DeviceId,
    /// Its place among that device's actions.
    pub number: u64,
}

macro_rules! displayed_with_number {
    ($name:ident, $field:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}-{}", self.device, self.$field)
            }
        }

        impl $name {
            /// Reads the form that it is displayed in.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let (device, number) = text.rsplit_once('-')?;
                Some(Self { device: DeviceId::from_hex(device)?, $field: number.parse().ok()? })
            }
        }
    };
}
displayed_with_number!(EventId, sequence);
displayed_with_number!(ActionId, number);

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: u64 = 9_629_819_125_577_291_935;

    #[test]
    fn a_notes_uid_is_the_hash_of_its_deck_and_key() {
        // printf 'lmq:differences/d09' | sha256sum
        assert_eq!(NoteUid::of_key("differences", "d09").to_string(), "35a38e856193508e25bdabed8d6d3676");
        assert_ne!(NoteUid::of_key("a", "b"), NoteUid::of_key("b", "a"));
    }

    #[test]
    fn a_rows_uid_is_the_hash_of_its_decks_word_its_prompt_and_what_tells_it_from_others_with_that_prompt() {
        // printf 'lmq:row\0geo\0Peru?' | sha256sum
        assert_eq!(NoteUid::of_row("geo", "Peru?", None).to_string(), "dd836fc110c4a1bad1cb4c77a42acad6");
        // printf 'lmq:row\0geo\0Peru?\0Lima\0%d' 2 | sha256sum
        assert_eq!(NoteUid::of_row("geo", "Peru?", Some(("Lima", 2))).to_string(), "dee0f28934b5ab4d0b7d2f0ee30c705b");
        assert_eq!(NoteUid::of_row("g", "e\u{301}", None), NoteUid::of_row("g", "\u{e9}", None));
        assert_ne!(NoteUid::of_row("g", "a ", None), NoteUid::of_row("g", "a", None), "as it is written");
        let other =
            [("a", "b", None), ("a", "b", Some(("c", 1))), ("a", "b", Some(("c", 2))), ("a", "b", Some(("", 1)))];
        let uids: std::collections::BTreeSet<NoteUid> =
            other.iter().map(|(deck, prompt, repeated)| NoteUid::of_row(deck, prompt, *repeated)).collect();
        assert_eq!(uids.len(), other.len());
    }

    #[test]
    fn quick_hashes_never_change_and_tell_like_texts_apart() {
        assert_eq!(quick64(b"What is a vision?"), QUICK);
        let texts = ["", "\0", "a", "a\0", "b", "12345678", "123456781", "1234567812345678", "2345678112345678"];
        let hashes: std::collections::BTreeSet<u64> = texts.iter().map(|text| quick64(text.as_bytes())).collect();
        assert_eq!(hashes.len(), texts.len());
    }

    #[test]
    fn ids_come_back_from_their_text() {
        let card = CardId { note: NoteUid::of_key("a", "b"), ordinal: 3 };
        assert_eq!(CardId::parse(&card.to_string()), Some(card));
        let event = EventId { device: DeviceId([7; 16]), sequence: 9 };
        assert_eq!(EventId::parse(&event.to_string()), Some(event));
        for bad in ["", "-", "zz-1", "00-1", "é"] {
            assert_eq!(CardId::parse(bad), None, "{bad}");
        }
    }
}
