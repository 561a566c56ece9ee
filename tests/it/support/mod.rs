//! Support shared by the tests.

pub(crate) mod shared_folder;
