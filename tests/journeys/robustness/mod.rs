//! Journeys of impatient buyers: they tap twice, open two tabs, reload, go back, put the phone away.

mod doubt;
mod impatience;
mod leaving;
mod slowness;
mod sockets;
mod starting;
mod tabs;
mod translators;
