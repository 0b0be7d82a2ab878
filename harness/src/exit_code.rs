//! What the program exits with.

/// Every check that could be judged passed.
pub const PASSED: u8 = 0;
/// A check failed.
pub const FAILED: u8 = 1;
/// The run could not be played: bad arguments, or no launcher where one should be.
pub const NOT_RUN: u8 = 2;
/// The run was stopped by ctrl-c or SIGTERM: what shells say of a program that ctrl-c ended.
pub const STOPPED: u8 = 130;
