//! What somebody tries who means harm, one list a file.

mod paths;
mod strings;
