//! Enums whose variants stand in files as their numbers.

/// An enum of these variants, and the way back from a number: each number is written once.
macro_rules! numbered {
    (
        $(#[$of_all:meta])*
        pub enum $name:ident {
            $($(#[$of_one:meta])* $variant:ident = $number:literal,)*
        }
    ) => {
        $(#[$of_all])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$of_one])* $variant = $number,)*
        }

        impl $name {
            /// The one with this number, if there is one.
            pub const fn from_number(number: u8) -> Option<Self> {
                Some(match number {
                    $($number => $name::$variant,)*
                    _ => return None,
                })
            }
        }
    };
}

pub(super) use numbered;
