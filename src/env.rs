//! The only reader of clock, time zone, entropy, environment and folders. Everything else gets them as arguments.
#![expect(clippy::disallowed_methods, reason = "this is the one place that may")]

use crate::core::id::DeviceId;
use crate::core::study_day::LAST_OFFSET_MIN;
use crate::core::study_day::Timestamp;
use etcetera::BaseStrategy as _;
use std::cell::Cell;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Instant;

/// The outside world, or what a command line fixed of it.
pub struct Env {
    fixed_now: Option<Timestamp>,
    started: Instant,
    counter: Cell<u32>,
}

/// Which of the standard streams are terminals.
#[derive(Debug, Clone, Copy)]
pub struct Terminals {
    /// Standard input.
    pub stdin: bool,
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
}

impl Env {
    /// The world as the process finds it.
    #[must_use]
    pub fn from_process() -> Self {
        // Where the count begins is chance, so that the beginnings of uids, by which people name keyless notes, differ
        // also between two commands that run at the same (`--now`) moment.
        Self { fixed_now: None, started: Instant::now(), counter: Cell::new(rand::random::<u32>() >> 8) }
    }

    /// The command line, the program's name first.
    #[must_use]
    pub fn args() -> Vec<std::ffi::OsString> {
        std::env::args_os().collect()
    }

    /// Fixes clock and offset: `--now`.
    pub fn fix_now(&mut self, now: Timestamp) {
        self.fixed_now = Some(now);
    }

    /// The time, with the local offset of this moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.fixed_now.unwrap_or_else(|| {
            if zone_is_no_file() {
                return Timestamp { unix_ms: chrono::Utc::now().timestamp_millis(), offset_min: 0 };
            }
            let now = chrono::Local::now();
            // A zone that somebody made up may be anywhere.
            let offset_min = (now.offset().local_minus_utc() / 60).clamp(-LAST_OFFSET_MIN, LAST_OFFSET_MIN);
            Timestamp { unix_ms: now.timestamp_millis(), offset_min }
        })
    }

    /// Milliseconds since the process began; for guards and progress, never for the log.
    #[must_use]
    pub fn ticks_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The moment that a local wall-clock text means: `2026-01-15`, `2026-01-15T09:00` or with seconds.
    ///
    /// In the hour that a clock change skips, a quarter of an hour is added until there is such a time; in the hour
    /// that comes twice it is the first.
    #[must_use]
    pub fn local_time(text: &str) -> Option<Timestamp> {
        use chrono::TimeZone as _;
        let formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
        let mut naive = formats
            .iter()
            .find_map(|format| chrono::NaiveDateTime::parse_from_str(text, format).ok())
            .or_else(|| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(12, 0, 0))?;
        let known = |at: Timestamp| at.can_be_written().then_some(at);
        if zone_is_no_file() {
            return known(Timestamp { unix_ms: naive.and_utc().timestamp_millis(), offset_min: 0 });
        }
        for _ in 0..96 {
            if let Some(local) = chrono::Local.from_local_datetime(&naive).earliest() {
                let offset_min = local.offset().local_minus_utc() / 60;
                return known(Timestamp { unix_ms: local.timestamp_millis(), offset_min });
            }
            naive = naive.checked_add_signed(chrono::TimeDelta::minutes(15))?;
        }
        None
    }

    /// The uid of a note that has no identity of its own: a UUIDv7, so that those of one import lie side by side.
    #[must_use]
    pub fn fresh_uid(&self) -> [u8; 16] {
        let count = self.counter.get();
        self.counter.set(count.wrapping_add(1));
        let mut tail: [u8; 10] = rand::random();
        // 26 bits of the count, in the bits that version and variant leave free in the first four bytes.
        let count = ((count >> 14) << 16) | (count & 0x3fff);
        for (to, from) in tail.iter_mut().zip(count.to_be_bytes()) {
            *to = from;
        }
        let ms = u64::try_from(self.now().unix_ms).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &tail).into_uuid().into_bytes()
    }

    /// 16 bytes of chance.
    #[must_use]
    pub fn chance() -> [u8; 16] {
        rand::random()
    }

    /// The folder for what a program knows of its own work: the platform's for states, or that for data where there is
    /// none; `None` where there is no home folder.
    #[must_use]
    pub fn state_folder() -> Option<PathBuf> {
        let strategy = etcetera::choose_base_strategy().ok()?;
        Some(strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join("lmq"))
    }

    /// Whether the clock stands at a moment that somebody named: `--now`.
    #[must_use]
    pub fn is_now_fixed(&self) -> bool {
        self.fixed_now.is_some()
    }

    /// The id of a new device.
    #[must_use]
    pub fn fresh_device() -> DeviceId {
        DeviceId(rand::random())
    }

    /// What a profile goes by in what it shares.
    #[must_use]
    pub fn fresh_share() -> [u8; 16] {
        rand::random()
    }

    /// Something that tells this machine from others, and a name for it.
    #[must_use]
    pub fn machine() -> (String, String) {
        // Images of machines leave the id empty, or to be made at the first start: then all of them would be one.
        let read = |path: &str| {
            let text = std::fs::read_to_string(path).ok()?.trim().to_owned();
            (!text.is_empty() && text != "uninitialized").then_some(text)
        };
        let name = read("/proc/sys/kernel/hostname")
            .or_else(|| std::env::var("COMPUTERNAME").ok())
            .or_else(|| std::env::var("HOSTNAME").ok())
            .unwrap_or_else(|| "this machine".to_owned());
        let id = read("/etc/machine-id").or_else(|| read("/var/lib/dbus/machine-id")).unwrap_or_else(|| name.clone());
        (id, name)
    }

    /// Where the database lies when nobody says otherwise; `None` where there is no home folder.
    #[must_use]
    pub fn data_file() -> Option<PathBuf> {
        Some(etcetera::choose_base_strategy().ok()?.data_dir().join("lmq").join("lmq.db"))
    }

    /// A variable, such as `LMQ_DB`. An empty one is as good as none.
    #[must_use]
    pub fn variable(name: &str) -> Option<std::ffi::OsString> {
        std::env::var_os(name).filter(|value| !value.is_empty())
    }

    /// Where the settings lie: `LMQ_CONFIG`, else the platform's folder.
    #[must_use]
    pub fn config_file() -> Option<PathBuf> {
        if let Some(path) = Self::variable("LMQ_CONFIG") {
            return Some(PathBuf::from(path));
        }
        Some(etcetera::choose_base_strategy().ok()?.config_dir().join("lmq").join("config.toml"))
    }

    /// The editor that its user named: `VISUAL`, else `EDITOR`. A command line, since people give it arguments.
    #[must_use]
    pub fn editor() -> Option<String> {
        named_program(&["VISUAL", "EDITOR"])
    }

    /// The first of the usual editors that is installed, for who named none.
    #[must_use]
    pub fn usual_editor() -> Option<String> {
        let usual = if cfg!(windows) { &["notepad"][..] } else { &["sensible-editor", "nano", "vi"] };
        usual.iter().find(|name| is_installed(name)).map(|name| (*name).to_owned())
    }

    /// What shows a long text page by page: `PAGER`, else `less` where it is installed; nothing where `PAGER` is empty.
    #[must_use]
    pub fn pager() -> Option<String> {
        if std::env::var_os("PAGER").is_some_and(|value| value.is_empty()) {
            return None;
        }
        named_program(&["PAGER"]).or_else(|| is_installed("less").then(|| "less -FRX".to_owned()))
    }

    /// Whether colour is unwanted: `NO_COLOR`, or a terminal that has none.
    #[must_use]
    pub fn plain_terminal() -> bool {
        Self::variable("NO_COLOR").is_some() || Self::dumb_terminal()
    }

    /// What the environment says of the terminal's colours: `TERM`, `COLORTERM` and `COLORFGBG`, empty where it says nothing.
    #[must_use]
    pub fn terminal_colours() -> [String; 3] {
        ["TERM", "COLORTERM", "COLORFGBG"].map(|name| std::env::var(name).unwrap_or_default())
    }

    /// Whether the terminal may be told where links lead (OSC 8). Terminals that don't know it pass it over, but for these.
    #[must_use]
    pub fn shows_links() -> bool {
        let term = std::env::var("TERM").unwrap_or_default();
        !term.is_empty() && !["dumb", "linux", "screen", "vt", "cons"].iter().any(|name| term.starts_with(name))
    }

    /// The program that opens a file as a click on it would; nothing where there is no desktop.
    #[must_use]
    pub fn viewer() -> Option<&'static str> {
        if cfg!(windows) {
            return Some("explorer");
        }
        if cfg!(target_os = "macos") {
            return Some("open");
        }
        let has = |name| Self::variable(name).is_some();
        (has("DISPLAY") || has("WAYLAND_DISPLAY")).then_some("xdg-open")
    }

    /// Standard input without the buffer of the standard library.
    ///
    /// # Errors
    /// When there is none.
    pub fn input() -> std::io::Result<std::fs::File> {
        #[cfg(unix)]
        let own = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned()?;
        #[cfg(windows)]
        let own = std::os::windows::io::AsHandle::as_handle(&std::io::stdin()).try_clone_to_owned()?;
        Ok(own.into())
    }

    /// Whether the terminal can't place the cursor: `TERM=dumb`.
    #[must_use]
    pub fn dumb_terminal() -> bool {
        std::env::var_os("TERM").is_some_and(|term| term == "dumb")
    }

    /// Which streams are terminals.
    #[must_use]
    pub fn terminals() -> Terminals {
        Terminals {
            stdin: std::io::stdin().is_terminal(),
            stdout: std::io::stdout().is_terminal(),
            stderr: std::io::stderr().is_terminal(),
        }
    }
}

/// Whether `TZ` names a pipe or a device: reading it for the zone would wait, or never end. Then it is UTC, as where it names
/// nothing. Looked at once: the clock is asked with each answer.
fn zone_is_no_file() -> bool {
    static IS_NO_FILE: OnceLock<bool> = OnceLock::new();
    *IS_NO_FILE.get_or_init(|| {
        let Ok(zone) = std::env::var("TZ") else { return false };
        let zone = std::path::Path::new(zone.trim_start_matches(':'));
        let folders = ["/usr/share/zoneinfo", "/share/zoneinfo", "/etc/zoneinfo", "/usr/share/lib/zoneinfo"];
        let is_odd = |path: PathBuf| std::fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir());
        folders.iter().any(|folder| is_odd(std::path::Path::new(folder).join(zone)))
    })
}

/// The first of these variables that names a program.
fn named_program(variables: &[&str]) -> Option<String> {
    variables.iter().filter_map(|name| std::env::var(name).ok()).find(|program| !program.trim().is_empty())
}

/// Whether a program of that name lies in one of the folders of `PATH`.
fn is_installed(name: &str) -> bool {
    let name = if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() };
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(&name).is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_of_one_import_ascend_and_never_repeat() {
        let mut env = Env::from_process();
        env.fix_now(Timestamp { unix_ms: 1_770_000_000_000, offset_min: 0 });
        let uids: Vec<[u8; 16]> = (0..300).map(|_| env.fresh_uid()).collect();
        let mut sorted = uids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 300);
        assert!(uids.iter().all(|uid| uid[6] >> 4 == 7), "version 7");
    }

    #[test]
    fn a_time_without_an_offset_is_local() {
        for text in ["2026-01-15", "2026-01-15T12:00", "2026-01-15 12:00:00"] {
            let at = Env::local_time(text).unwrap();
            assert!(at.to_rfc3339().starts_with("2026-01-15T12:00:00"), "{text}: {}", at.to_rfc3339());
        }
        for text in ["soon", "-2026-01-15T12:00", "12026-01-15"] {
            assert_eq!(Env::local_time(text), None, "{text}");
        }
    }
}
