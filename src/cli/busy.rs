//! A sign of life for what takes a while and can't say how far it is.

use crate::cli::Ctx;
use crate::cli::telling::complain;
use crate::env::Env;
use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;
use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::thread::JoinHandle;
use std::time::Duration;

/// What is done within this time needs no sign.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);

/// Shows on standard error that something is being done, from half a second on until it is dropped.
pub(super) struct Busy {
    done: Option<mpsc::Sender<()>>,
    sign: Option<JoinHandle<()>>,
}

impl Busy {
    /// `what` is being done, such as `reading the log`.
    pub(super) fn new(ctx: &Ctx, what: &'static str) -> Self {
        if ctx.quiet || !Env::terminals().stderr {
            return Self { done: None, sign: None };
        }
        let draws = !ctx.screen_reader;
        let (done, waiting) = mpsc::channel();
        let sign = std::thread::spawn(move || {
            if waiting.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            if !draws {
                complain(&format!("{what} …"));
                return;
            }
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_message(what);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} … {elapsed}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            // Ends when the sender is dropped.
            waiting.recv().ok();
            bar.finish_and_clear();
        });
        Self { done: Some(done), sign: Some(sign) }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(sign) = self.sign.take() {
            sign.join().ok();
        }
    }
}
