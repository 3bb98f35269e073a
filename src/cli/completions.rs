use crate::cli::Ctx;
use crate::cli::command;
use crate::failure::Failure;
use clap_complete::Shell;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq completions bash > ~/.local/share/bash-completion/completions/lmq
  lmq completions zsh > ~/.zfunc/_lmq
  lmq completions fish > ~/.config/fish/completions/lmq.fish")]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "lmq", &mut script);
    std::io::Write::write_all(&mut ctx.out, &script).map_err(|error| Failure::output(&error))
}
