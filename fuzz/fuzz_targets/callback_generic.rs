//! See `harkara_fuzz`: the name of the program is the name of the target.
#![no_main]
harkara_fuzz::fuzz!();
