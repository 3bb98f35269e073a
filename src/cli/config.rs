use crate::cli::Ctx;
use crate::cli::json;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::settings;
use crate::ops::settings::SETTINGS;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Read and change settings
///
/// They live in a TOML file that you may also edit by hand. A change acts from now on; it moves no due day. Keys are
/// bound by hand, in a table [keys]: undo = "z". `?` in a session shows the names.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq config list
  lmq config set new_per_day 5
  lmq config set scale sm2
  lmq config unset scale")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print one setting
    Get {
        /// Its name
        key: String,
    },
    /// Change one setting
    Set {
        /// Its name
        key: String,
        /// Its new value
        value: String,
    },
    /// Put one setting back to what is usual
    Unset {
        /// Its name
        key: String,
    },
    /// Print all settings
    List {
        /// Print an object as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print where the file is
    Path,
}

#[derive(Serialize)]
struct Change<'c> {
    key: &'c str,
    old: Option<String>,
    new: Option<&'c str>,
}

fn file() -> Result<PathBuf, Failure> {
    Env::config_file().ok_or_else(|| {
        Failure::failed("cannot tell where your settings are: there is no home folder").hint("set LMQ_CONFIG to a file")
    })
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    match &args.what {
        What::Get { key } => {
            let setting = settings::setting(key)?;
            let value = setting.get(&settings::load(Some(&file()?))?);
            ctx.line(value)
        }
        What::List { json } => {
            let loaded = settings::load(Some(&file()?))?;
            if *json {
                let all: BTreeMap<&str, String> =
                    SETTINGS.iter().map(|setting| (setting.key, setting.get(&loaded))).collect();
                return json::print(ctx, &all);
            }
            for setting in SETTINGS {
                ctx.line(format!("{} = {}", setting.key, setting.get(&loaded)))?;
                ctx.line(format!("    {}: {}", setting.what, setting.allowed()))?;
            }
            Ok(())
        }
        What::Path => {
            let path = file()?;
            ctx.line(path.display())
        }
        What::Set { key, value } => change(ctx, key, Some(value)),
        What::Unset { key } => change(ctx, key, None),
    }
}

/// A change is a step like any other: it can be undone.
fn change(ctx: &mut Ctx, key: &str, value: Option<&str>) -> Result<(), Failure> {
    let path = file()?;
    let old = settings::change(&path, key, value)?;
    let new = settings::load(Some(&path))?;
    ctx.settings = new.clone();
    if old.as_deref() != value {
        let shown = settings::setting(key)?.get(&new);
        let label = format!("set {key} to {shown}");
        let extra = serde_json::to_string(&Change { key, old, new: value }).map_err(|e| Failure::bug(e.to_string()))?;
        let mut store = ctx.store()?;
        let stamp = ctx.stamp();
        store
            .write(
                stamp,
                "config",
                |()| label,
                |writer| {
                    let detail = crate::core::event::Detail { extra: Some(extra), ..Default::default() };
                    writer.append_fact(crate::core::event::Fact::Configured, detail)
                },
            )
            .map_err(|error| ctx.failure(&error))?;
    }
    let shown = settings::setting(key)?.get(&new);
    ctx.line(format!("{key} = {shown}"))
}
