//! safe-mock
