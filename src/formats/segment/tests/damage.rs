//! Files that were cut, damaged or forged without care: any answer will do, but a panic.

use super::*;
use crate::formats::Stop;

/// How many damaged files are tried: 10,000 unless `PROPTEST_CASES` asks for more, forty for each case.
fn trials() -> u64 {
    u64::from(testing::config().cases) * 40
}

fn damage(chance: &mut Chance, bytes: &mut Vec<u8>) {
    let place = |chance: &mut Chance, bytes: &[u8]| usize::try_from(chance.below(bytes.len() as u64)).unwrap();
    let at = place(chance, bytes);
    match chance.below(9) {
        0 => bytes.truncate(at),
        1 => bytes[at] = u8::try_from(chance.below(256)).unwrap(),
        2 => bytes[at] ^= 1 << chance.below(8),
        3 => drop(bytes.remove(at)),
        4 => {
            let end = (at + usize::try_from(chance.below(40)).unwrap()).min(bytes.len());
            drop(bytes.drain(at..end));
        }
        5 => {
            let extreme = [
                "0",
                "-1",
                "511",
                "512",
                "4294967295",
                "4294967296",
                "9223372036854775807",
                "-9223372036854775808",
                "18446744073709551615",
                "1e308",
                "1.5",
                "null",
                "[]",
                "{}",
                "\"\"",
                "true",
            ];
            let number = bytes[at..].iter().position(u8::is_ascii_digit).map_or(at, |found| at + found);
            let end =
                bytes[number..].iter().position(|byte| !byte.is_ascii_digit()).map_or(number, |found| number + found);
            drop(bytes.splice(number..end, chance.pick(&extreme).bytes()));
        }
        6..8 => {
            let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let (one, other) = (
                usize::try_from(chance.below(lines.len() as u64)).unwrap(),
                usize::try_from(chance.below(lines.len() as u64)).unwrap(),
            );
            match chance.below(3) {
                0 => lines.swap(one, other),
                1 => lines.insert(other, lines[one].clone()),
                _ => drop(lines.remove(one)),
            }
            *bytes = lines.concat();
        }
        _ => {
            let end = (at + usize::try_from(chance.below(200)).unwrap()).min(bytes.len());
            let piece = bytes[at..end].to_vec();
            let to = place(chance, bytes);
            drop(bytes.splice(to..to, piece));
        }
    }
}

/// What the chain covers: actions and entries.
fn covered(log: &[LogRecord]) -> Vec<&LogRecord> {
    log.iter().filter(|record| matches!(record, LogRecord::Action(_) | LogRecord::Entry(..))).collect()
}

#[test]
fn no_damaged_file_makes_it_panic_or_is_taken_for_what_nobody_wrote() {
    let mut chance = Chance(11);
    let logs: Vec<(Vec<LogRecord>, Vec<u8>)> = (0..60)
        .map(|seed| {
            let log = random_log(seed, 1 + seed % 5);
            let bytes = written(&log);
            (log, bytes)
        })
        .collect();
    let mut taken = 0;
    for trial in 0..trials() {
        let (log, mut bytes) = chance.pick(&logs);
        if trial % 8 == 0 {
            bytes = compressed(&bytes);
        }
        for _ in 0..=chance.below(3) {
            if !bytes.is_empty() {
                damage(&mut chance, &mut bytes);
            }
        }
        if trial % 8 == 1 {
            bytes = compressed(&bytes);
        }
        std::hint::black_box(sniff(&bytes));
        let Ok(read) = read_all(&bytes) else { continue };
        taken += 1;
        // Of several segments one may be left out, doubled or moved; what has no parent and begins in the middle may
        // be said to be another device's.
        let devices = |log: &[LogRecord]| -> Vec<DeviceId> {
            log.iter()
                .filter_map(|record| if let LogRecord::Head(head) = record { Some(head.device.id) } else { None })
                .collect()
        };
        if devices(&log).len() == 1 && devices(&log) == devices(&read) {
            assert_eq!(covered(&read), covered(&log), "trial {trial}");
        }
    }
    assert!(taken > 0, "damage to a name alone is taken");
}

#[test]
fn a_compressed_file_that_is_cut_or_damaged_is_refused_wherever_it_is() {
    let mut log = Vec::new();
    for seed in 0..4 {
        log.extend(random_log(seed, 30));
    }
    let bytes = compressed(&written(&log));
    for end in (4..bytes.len()).step_by(97) {
        assert!(matches!(read_all(&bytes[..end]), Err(FormatError::NotThis(_))), "cut at {end}");
        let mut flipped = bytes.clone();
        flipped[end] ^= 4;
        assert!(matches!(read_all(&flipped), Err(FormatError::NotThis(_))), "a bit at {end}");
    }
    assert!(matches!(read_all(&[bytes.as_slice(), b"rest"].concat()), Err(FormatError::NotThis(_))));
    assert_eq!(read_all(&[bytes.as_slice(), bytes.as_slice()].concat()).unwrap(), [log.as_slice(), &log].concat());
}

#[test]
fn a_file_that_blows_up_is_refused_at_the_first_line_that_is_too_long() {
    let mut packed = Compressed::new(Vec::new()).unwrap();
    packed.write_all(&written(&random_log(1, 3))).unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..64 {
        packed.write_all(&zeros).unwrap();
    }
    let bytes = packed.finish().unwrap();
    assert!(bytes.len() < 1 << 17);
    assert_eq!(refusal(&bytes).1, SegmentFault::TooLong);
}

#[test]
fn a_window_of_more_than_8_mb_is_refused() {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(25).unwrap();
    encoder.long_distance_matching(true).unwrap();
    encoder.write_all(&written(&random_log(1, 3))).unwrap();
    let refused = refusal(&encoder.finish().unwrap());
    assert!(matches!(refused, (1, SegmentFault::Compressed(_))), "{refused:?}");
}

#[test]
fn a_source_that_fails_is_not_called_damaged() {
    struct Failing;
    impl io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(5))
        }
    }
    impl io::Seek for Failing {
        fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }
    let outcome = read(&mut io::BufReader::new(Failing), &mut |_, _| Ok(()));
    assert!(matches!(outcome, Err(FormatError::Io(_))));
}

#[test]
fn reading_stops_when_the_sink_says_so() {
    let bytes = written(&random_log(1, 3));
    let mut seen = 0;
    let outcome = read(&mut Cursor::new(&bytes), &mut |line, _| {
        seen += 1;
        if line == 2 { Err(Stop) } else { Ok(()) }
    });
    assert!(matches!(outcome, Err(FormatError::Stopped)));
    assert_eq!(seen, 2);
}
