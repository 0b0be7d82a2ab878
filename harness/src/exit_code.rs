//! The exit codes of the program.

/// Every check that could be judged passed.
pub const PASSED: u8 = 0;
/// A check failed.
pub const FAILED: u8 = 1;
/// The run could not be played: invalid arguments, or no launcher at a URL.
pub const NOT_RUN: u8 = 2;
/// The run was stopped by ctrl-c or SIGTERM. Shells report the same code for a program that ctrl-c ended.
pub const STOPPED: u8 = 130;
