//! What the environment says about colours and about the terminal.

use std::env;
use std::io::IsTerminal;

/// Whether output to this stream has colours: never with `NO_COLOR`, otherwise always with `CLICOLOR_FORCE`, otherwise on a
/// terminal, unless `CLICOLOR` is 0 or `TERM` is `dumb`.
pub fn wants_colours(stream: &impl IsTerminal) -> bool {
    let is_forced = anstyle_query::clicolor_force() && env::var_os("CLICOLOR_FORCE").is_none_or(|value| value != "0");
    let is_usual = stream.is_terminal() && anstyle_query::clicolor() != Some(false) && has_cursor();
    !anstyle_query::no_color() && (is_forced || is_usual)
}

/// Whether a terminal can go back in its line, as a progress bar needs: not if `TERM` is `dumb`.
pub fn has_cursor() -> bool {
    anstyle_query::term_supports_color()
}
