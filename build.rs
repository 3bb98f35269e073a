//! Leaves the tables for unwinding out of the release build: it ends at a panic (Cargo.toml), so nothing reads them, and they
//! are a fourteenth of its size. Only a build script knows for which profile the linker runs.

use std::env;
use std::fs;
use std::path::PathBuf;

/// Takes the two sections away; all others stay where the linker puts them.
const SCRIPT: &str = "SECTIONS { /DISCARD/ : { *(.eh_frame) *(.eh_frame_hdr) } } INSERT AFTER .text;\n";

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script everything in the environment")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |variable: &str, value: &str| env::var(variable).is_ok_and(|found| found == value);
    // The profile of long proofs is a release too, but with debug information, and it unwinds.
    let aborts = is("PROFILE", "release") && is("DEBUG", "false");
    if aborts && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ARCH", "x86_64") {
        let script = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("no-unwind-tables.ld");
        if fs::write(&script, SCRIPT).is_ok() {
            println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
        }
    }
}
