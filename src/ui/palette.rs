//! Which colour stands for what. Weight, position and words say it all without any; colours only help to find it.
//!
//! Where nobody knows whether the terminal is light or dark, its own sixteen colours are used, which its owner chose to be
//! readable there. Otherwise there are finer ones, as many as the terminal says that it has.

use crate::core::settings::Theme;
use ratatui::style::Color;

/// What colours stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What can be acted on.
    Accent,
    /// Cards that are due.
    Due,
    /// New cards.
    New,
    /// Cards to be repeated, and those that are failed again and again.
    Again,
    /// Right.
    Right,
    /// Nearly right; something to take notice of.
    Near,
    /// Wrong.
    Wrong,
    /// What is secondary.
    Muted,
    /// Letters of code.
    Code,
    /// What code stands on.
    CodeGround,
}

/// What the terminal is written on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Dark,
    Light,
}

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// The terminal's own.
    Sixteen,
    /// The fixed ones behind those.
    Many,
    /// Every shade of red, green and blue.
    All,
}

/// The colours of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    ground: Ground,
    depth: Depth,
}

/// What the environment says about the terminal.
#[derive(Debug, Clone, Copy)]
pub struct Terminal<'t> {
    /// `TERM`.
    pub term: &'t str,
    /// `COLORTERM`.
    pub colorterm: &'t str,
    /// `COLORFGBG`: numbers of the letters' and the ground's colour.
    pub colorfgbg: &'t str,
}

/// A colour at each depth; `None` for one that is no colour among the sixteen.
struct Shades(Option<Color>, u8, (u8, u8, u8));

impl Palette {
    /// The terminal's own sixteen colours, on a ground that may be any.
    pub const OWN: Self = Self { ground: Ground::Dark, depth: Depth::Sixteen };

    /// The colours of a theme in a terminal.
    #[must_use]
    pub fn of(theme: Theme, terminal: Terminal<'_>) -> Self {
        let ground = match theme {
            Theme::Dark => Some(Ground::Dark),
            Theme::Light => Some(Ground::Light),
            Theme::Auto | Theme::Mono => said_ground(terminal.colorfgbg),
        };
        let Some(ground) = ground else { return Self::OWN };
        let term = terminal.term;
        let depth = if ["truecolor", "24bit"].contains(&terminal.colorterm) || term.ends_with("-direct") {
            Depth::All
        } else if term.contains("256color") || !terminal.colorterm.is_empty() {
            Depth::Many
        } else {
            Depth::Sixteen
        };
        Self { ground, depth }
    }

    /// The colour of a role; none where the terminal's sixteen have no safe one for it.
    #[must_use]
    pub fn colour(self, role: Role) -> Option<Color> {
        let Shades(sixteen, many, (red, green, blue)) = shades(self.ground, role);
        match self.depth {
            Depth::Sixteen => sixteen,
            Depth::Many => Some(Color::Indexed(many)),
            Depth::All => Some(Color::Rgb(red, green, blue)),
        }
    }
}

fn shades(ground: Ground, role: Role) -> Shades {
    match (ground, role) {
        (Ground::Dark, Role::Accent) => Shades(Some(Color::Cyan), 81, (104, 200, 240)),
        (Ground::Dark, Role::Due | Role::Right) => Shades(Some(Color::Green), 114, (132, 210, 128)),
        (Ground::Dark, Role::New) => Shades(Some(Color::LightBlue), 111, (134, 174, 255)),
        (Ground::Dark, Role::Again | Role::Wrong) => Shades(Some(Color::Red), 210, (255, 134, 130)),
        (Ground::Dark, Role::Near) => Shades(Some(Color::Yellow), 179, (226, 186, 98)),
        // Nobody knows what the sixteen have for a grey: it may be the ground itself.
        (Ground::Dark, Role::Muted) => Shades(None, 247, (160, 160, 160)),
        (Ground::Dark, Role::Code) => Shades(Some(Color::LightCyan), 253, (220, 222, 226)),
        (Ground::Dark, Role::CodeGround) => Shades(Some(Color::Black), 238, (62, 66, 74)),
        (Ground::Light, Role::Accent) => Shades(Some(Color::Blue), 25, (0, 94, 170)),
        (Ground::Light, Role::Due | Role::Right) => Shades(Some(Color::Green), 22, (0, 106, 40)),
        (Ground::Light, Role::New) => Shades(Some(Color::Blue), 26, (30, 84, 206)),
        (Ground::Light, Role::Again | Role::Wrong) => Shades(Some(Color::Red), 124, (182, 22, 22)),
        (Ground::Light, Role::Near) => Shades(Some(Color::Magenta), 94, (134, 88, 0)),
        (Ground::Light, Role::Muted) => Shades(None, 241, (98, 98, 98)),
        (Ground::Light, Role::Code) => Shades(Some(Color::LightCyan), 236, (42, 44, 50)),
        (Ground::Light, Role::CodeGround) => Shades(Some(Color::Black), 254, (226, 227, 231)),
    }
}

/// The ground that `COLORFGBG` tells, as `15;0` or `0;default;15`.
fn said_ground(colorfgbg: &str) -> Option<Ground> {
    match colorfgbg.rsplit(';').next()?.parse::<u8>().ok()? {
        7 | 9..=15 => Some(Ground::Light),
        0..=6 | 8 => Some(Ground::Dark),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 8] =
        [Role::Accent, Role::Due, Role::New, Role::Again, Role::Right, Role::Near, Role::Wrong, Role::Muted];

    type Rgb = (u8, u8, u8);

    /// Grounds that terminals have.
    const GROUNDS: [(Ground, &[Rgb]); 2] = [
        (Ground::Dark, &[(0, 0, 0), (12, 12, 12), (0x1e, 0x1e, 0x1e), (0x28, 0x2c, 0x34), (0, 0x2b, 0x36)]),
        (Ground::Light, &[(255, 255, 255), (250, 250, 250), (0xf5, 0xf5, 0xf5), (0xfd, 0xf6, 0xe3)]),
    ];

    /// A terminal: whether its ground is dark, that ground, and its colours.
    type OnGround<'t> = (Ground, Rgb, &'t [(Color, Rgb)]);

    /// The sixteen of usual terminals with their ground: xterm, Windows, VS Code; macOS, GNOME. Only those that are used.
    const SIXTEEN: &[OnGround<'static>] = &[
        (
            Ground::Dark,
            (0, 0, 0),
            &[
                (Color::Black, (0, 0, 0)),
                (Color::Red, (205, 0, 0)),
                (Color::Green, (0, 205, 0)),
                (Color::Yellow, (205, 205, 0)),
                (Color::Cyan, (0, 205, 205)),
                (Color::LightBlue, (92, 92, 255)),
                (Color::LightCyan, (0, 255, 255)),
            ],
        ),
        (
            Ground::Dark,
            (12, 12, 12),
            &[
                (Color::Black, (12, 12, 12)),
                (Color::Red, (0xc5, 0x0f, 0x1f)),
                (Color::Green, (0x13, 0xa1, 0x0e)),
                (Color::Yellow, (0xc1, 0x9c, 0)),
                (Color::Cyan, (0x3a, 0x96, 0xdd)),
                (Color::LightBlue, (0x3b, 0x78, 0xff)),
                (Color::LightCyan, (0x61, 0xd6, 0xd6)),
            ],
        ),
        (
            Ground::Dark,
            (0x1e, 0x1e, 0x1e),
            &[
                (Color::Black, (0, 0, 0)),
                (Color::Red, (0xcd, 0x31, 0x31)),
                (Color::Green, (0x0d, 0xbc, 0x79)),
                (Color::Yellow, (0xe5, 0xe5, 0x10)),
                (Color::Cyan, (0x11, 0xa8, 0xcd)),
                (Color::LightBlue, (0x3b, 0x8e, 0xea)),
                (Color::LightCyan, (0x29, 0xb8, 0xdb)),
            ],
        ),
        (
            Ground::Light,
            (255, 255, 255),
            &[
                (Color::Black, (0, 0, 0)),
                (Color::Red, (0x99, 0, 0)),
                (Color::Green, (0, 0xa6, 0)),
                (Color::Blue, (0, 0, 0xb2)),
                (Color::Magenta, (0xb2, 0, 0xb2)),
                (Color::LightCyan, (0, 0xe5, 0xe5)),
            ],
        ),
        (
            Ground::Light,
            (255, 255, 255),
            &[
                (Color::Black, (0x2e, 0x34, 0x36)),
                (Color::Red, (0xcc, 0, 0)),
                (Color::Green, (0x4e, 0x9a, 0x06)),
                (Color::Blue, (0x34, 0x65, 0xa4)),
                (Color::Magenta, (0x75, 0x50, 0x7b)),
                (Color::LightCyan, (0x34, 0xe2, 0xe2)),
            ],
        ),
    ];

    /// How bright a colour is, as WCAG reckons.
    fn luminance((red, green, blue): Rgb) -> f64 {
        let part = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
    }

    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// A colour of the 256 that are the same in every terminal.
    fn indexed(index: u8) -> Rgb {
        let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
        match index {
            232.. => (8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)),
            _ => (step((index - 16) / 36), step((index - 16) / 6 % 6), step((index - 16) % 6)),
        }
    }

    fn rgb(colour: Color, own: &[(Color, Rgb)]) -> Rgb {
        match colour {
            Color::Rgb(red, green, blue) => (red, green, blue),
            Color::Indexed(index) => indexed(index),
            named => own.iter().find(|(name, _)| *name == named).unwrap_or_else(|| panic!("{named}")).1,
        }
    }

    #[test]
    fn all_text_stands_out_from_its_ground_in_every_theme() {
        for (ground, grounds) in GROUNDS {
            for depth in [Depth::Many, Depth::All] {
                let palette = Palette { ground, depth };
                for role in ROLES {
                    for under in grounds {
                        let ratio = contrast(rgb(palette.colour(role).unwrap(), &[]), *under);
                        assert!(ratio >= 4.5, "{palette:?} {role:?} on {under:?}: {ratio:.2}");
                    }
                }
            }
        }
        for (ground, under, own) in SIXTEEN {
            let palette = Palette { ground: *ground, depth: Depth::Sixteen };
            for role in ROLES {
                let Some(colour) = palette.colour(role) else { continue };
                let ratio = contrast(rgb(colour, own), *under);
                assert!(ratio >= 3.0, "{palette:?} {role:?} on {under:?}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn code_stands_out_from_its_ground_and_that_from_the_screen() {
        for (ground, grounds) in GROUNDS {
            for depth in [Depth::Many, Depth::All] {
                let palette = Palette { ground, depth };
                let of = |role| rgb(palette.colour(role).unwrap(), &[]);
                assert!(contrast(of(Role::Code), of(Role::CodeGround)) >= 4.5, "{palette:?}");
                assert!(grounds.iter().all(|under| contrast(of(Role::CodeGround), *under) > 1.05), "{palette:?}");
            }
        }
        for (ground, _, own) in SIXTEEN {
            let palette = Palette { ground: *ground, depth: Depth::Sixteen };
            let of = |role| rgb(palette.colour(role).unwrap(), own);
            assert!(contrast(of(Role::Code), of(Role::CodeGround)) >= 4.5, "{palette:?}");
        }
    }

    #[test]
    fn a_terminal_gets_the_colours_that_it_says_it_has_and_its_own_where_its_ground_is_unknown() {
        let of = |theme, term, colorterm, colorfgbg| {
            let palette = Palette::of(theme, Terminal { term, colorterm, colorfgbg });
            (palette.ground, palette.depth)
        };
        let own = (Ground::Dark, Depth::Sixteen);
        assert_eq!(of(Theme::Auto, "xterm-256color", "truecolor", ""), own);
        assert_eq!(of(Theme::Auto, "xterm-256color", "truecolor", "default;default"), own);
        assert_eq!(of(Theme::Auto, "xterm-256color", "truecolor", "0;15"), (Ground::Light, Depth::All));
        assert_eq!(of(Theme::Auto, "rxvt-unicode-256color", "rxvt", "15;default;0"), (Ground::Dark, Depth::Many));
        assert_eq!(of(Theme::Light, "xterm-256color", "", ""), (Ground::Light, Depth::Many));
        assert_eq!(of(Theme::Light, "xterm-256color", "", "15;0"), (Ground::Light, Depth::Many));
        assert_eq!(of(Theme::Dark, "xterm-direct", "", ""), (Ground::Dark, Depth::All));
        assert_eq!(of(Theme::Light, "linux", "", ""), (Ground::Light, Depth::Sixteen));
    }
}
