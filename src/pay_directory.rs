//! Which payment directory (支付授权目录) has to be registered with WeChat for a page's address.
//!
//! WeChat compares the address of the page that opens the sheet with at most five directories of the
//! merchant. An entry that is a bare domain covers the whole domain; any other entry must be exactly
//! the page's parent directory. What follows `?` or `#` does not count. Android judges the present
//! address; iOS judges the one that was loaded last as a whole document and hears nothing of
//! `pushState`, so that a shop with client-side navigation pays from a directory it has left.

/// The addresses of a page that wants to pay, and who judges them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayAddresses {
    /// Of the last full load of a document.
    pub landing: String,
    /// As it is now.
    pub present: String,
    /// Whether the client is WeChat for iOS.
    pub is_ios: bool,
}

impl PayAddresses {
    /// The address that WeChat compares.
    #[must_use]
    pub fn judged(&self) -> &str {
        if self.is_ios {
            &self.landing
        } else {
            &self.present
        }
    }

    /// The directory to register for this page, ending in `/`.
    #[must_use]
    pub fn directory(&self) -> &str {
        directory_of(self.judged())
    }

    /// Whether one full load of the present address would let a payment through that is refused now.
    ///
    /// `registered` is the directory that the merchant has registered. Without it, the present
    /// directory is taken for the registered one.
    #[must_use]
    pub fn needs_full_load(&self, registered: Option<&str>) -> bool {
        let registered = registered.unwrap_or(directory_of(&self.present));
        !covers(registered, self.judged()) && covers(registered, &self.present)
    }

    /// For the console, when WeChat says that the address is not registered.
    #[must_use]
    pub fn advice(&self) -> String {
        [
            "payment directory to register: ",
            self.directory(),
            " for the page ",
            self.judged(),
        ]
        .concat()
    }
}

/// Whether an agent is a client that judges the landing address.
#[must_use]
pub fn is_ios(user_agent: &str) -> bool {
    // Phones and tablets of Apple say so; its computers leave out the "like".
    crate::search::contains(user_agent, "like Mac OS X")
}

/// The parent directory of an address: without query, fragment and the last part of the path.
#[must_use]
pub fn directory_of(address: &str) -> &str {
    // By bytes: the searches of the standard library are made for longer texts, and weigh more than
    // this whole file.
    let bytes = address.as_bytes();
    let path = bytes.split(|byte| b"?#".contains(byte)).next();
    let path = path.unwrap_or_default();
    let slash = path.iter().rposition(|byte| *byte == b'/');
    let end = slash.map_or(path.len(), |slash| slash + 1);
    address.get(..end).unwrap_or(address)
}

/// Whether WeChat lets a page at this address pay when this directory is registered.
///
/// Scheme, port and case count. A directory without its last `/` is no entry that WeChat takes.
#[must_use]
pub fn covers(registered: &str, address: &str) -> bool {
    if is_root(registered) {
        address.starts_with(registered)
    } else {
        directory_of(address) == registered
    }
}

/// `https://host/`: three slashes, the last at the end.
fn is_root(directory: &str) -> bool {
    directory.ends_with('/') && directory.bytes().filter(|byte| *byte == b'/').count() == 3
}
