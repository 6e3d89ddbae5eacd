//! Small texts kept on the device. Private modes refuse storage: then nothing is kept, quietly.

use web_sys::Storage;

/// How long a text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// Until the buyer clears it: survives WeChat killing the page.
    Device,
    /// As long as this view.
    Session,
}

const PREFIX: &str = "wechat-checkout:";

fn shelf(shelf: Shelf) -> Option<Storage> {
    let window = super::window();
    match shelf {
        Shelf::Device => window.local_storage(),
        Shelf::Session => window.session_storage(),
    }
    .ok()
    .flatten()
}

/// Reads a text.
#[must_use]
pub fn load(on: Shelf, name: &str) -> Option<String> {
    shelf(on)?.get_item(&[PREFIX, name].concat()).ok().flatten()
}

/// Keeps a text; a full or forbidden storage is not an error for the buyer.
pub fn save(on: Shelf, name: &str, value: &str) {
    if let Some(storage) = shelf(on)
        && storage.set_item(&[PREFIX, name].concat(), value).is_err()
    {
        super::log_warning("storage is full or forbidden: a reload will not find this");
    }
}

/// Forgets a text.
pub fn remove(on: Shelf, name: &str) {
    if let Some(storage) = shelf(on) {
        // Nothing to remove is as good as removed.
        let _already_gone = storage.remove_item(&[PREFIX, name].concat());
    }
}
