//! Stub until the branch `ui` is merged.
use crate::failure::Failure;
use crate::ops::review::Review;
/// x
pub struct Look {
    /// c
    pub colour: bool,
    /// w
    pub width: usize,
}
/// w
#[must_use]
pub fn width() -> usize {
    80
}
/// p
/// # Errors
/// n
pub fn plain(
    _: &mut Review<'_>,
    _: &mut dyn std::io::BufRead,
    _: &mut dyn std::io::Write,
    _: Look,
    _: bool,
    _: &dyn Fn() -> bool,
) -> Result<(), Failure> {
    Ok(())
}
/// k
/// # Errors
/// n
pub fn keys(_: &mut Review<'_>, _: &mut dyn std::io::Write, _: Look, _: &dyn Fn() -> bool) -> Result<(), Failure> {
    Ok(())
}
