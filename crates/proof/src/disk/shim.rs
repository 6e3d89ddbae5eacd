//! The shim between SQLite and its own file system layer (a VFS), the one place that needs C.
//!
//! It becomes the process's default VFS. Opening a file is SQLite's own doing; then, if the file
//! lies on a [`Disk`], four of its methods are replaced: write, truncate, sync and close. Locks,
//! shared memory and reading stay SQLite's own. Files elsewhere are not touched at all.

#![expect(
    unsafe_code,
    reason = "SQLite's file system interface is a table of C functions over raw pointers"
)]

use std::collections::HashMap;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Result, ensure};
use rusqlite::ffi::{
    self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_register,
};

use super::{Disk, disk_of};

/// SQLite's own layer and its methods for files.
struct Original {
    vfs: *mut sqlite3_vfs,
}

// SAFETY: the pointer is SQLite's static default VFS, which lives for ever and is used from all
// threads by SQLite itself.
unsafe impl Send for Original {}
// SAFETY: as above; nothing writes through it.
unsafe impl Sync for Original {}

/// A replaced table of file methods, next to the one it replaces.
struct Methods {
    own: *const sqlite3_io_methods,
    replaced: sqlite3_io_methods,
    ours: sqlite3_io_methods,
}

// SAFETY: `own` points to a static table of SQLite's; the copies are plain data.
unsafe impl Send for Methods {}
// SAFETY: as above; nothing is written after it was made.
unsafe impl Sync for Methods {}

struct OpenFile {
    disk: Arc<Disk>,
    path: PathBuf,
    methods: &'static Methods,
}

static ORIGINAL: OnceLock<Option<Original>> = OnceLock::new();
/// One for each table that SQLite's own layer uses: databases lock, their logs do not.
static METHODS: Mutex<Vec<&'static Methods>> = Mutex::new(Vec::new());
/// Open files on disks, by the address of SQLite's own record of them.
static FILES: Mutex<Option<HashMap<usize, Arc<OpenFile>>>> = Mutex::new(None);

/// Makes the shim the default for databases opened from now on. Once is enough.
pub(super) fn install() -> Result<()> {
    let original = ORIGINAL.get_or_init(|| {
        // SAFETY: a null name asks for the default VFS; SQLite initialises itself first.
        let vfs = unsafe { ffi::sqlite3_vfs_find(std::ptr::null()) };
        if vfs.is_null() {
            return None;
        }
        // SAFETY: SQLite just returned it; the structure is plain data.
        let mut shim = unsafe { *vfs };
        shim.zName = c"proof".as_ptr();
        shim.pNext = std::ptr::null_mut();
        shim.xOpen = Some(open);
        shim.xDelete = Some(delete);
        // SAFETY: leaked, so it lives as long as SQLite may use it.
        let answer = unsafe { sqlite3_vfs_register(Box::leak(Box::new(shim)), 1) };
        (answer == ffi::SQLITE_OK).then_some(Original { vfs })
    });
    ensure!(original.is_some(), "SQLite takes no VFS");
    Ok(())
}

fn original() -> Option<*mut sqlite3_vfs> {
    ORIGINAL.get()?.as_ref().map(|original| original.vfs)
}

fn with_files<R>(act: impl FnOnce(&mut HashMap<usize, Arc<OpenFile>>) -> R) -> R {
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    act(files.get_or_insert_default())
}

fn open_file(file: *mut sqlite3_file) -> Option<Arc<OpenFile>> {
    with_files(|files| files.get(&file.addr()).cloned())
}

/// # Safety
/// `name` is null or a C string.
unsafe fn path_of(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let name = unsafe { CStr::from_ptr(name) };
    Some(Path::new(OsStr::from_bytes(name.to_bytes())).to_owned())
}

unsafe extern "C" fn open(
    _shim: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    let Some(vfs) = original() else {
        return ffi::SQLITE_CANTOPEN;
    };
    // SAFETY: SQLite calls with what the original expects, and the shim is a copy of it.
    unsafe {
        // SAFETY: `name` is null or a C string by SQLite's contract for xOpen.
        let disk = path_of(name).and_then(|path| Some((disk_of(&path)?, path)));
        if disk.as_ref().is_some_and(|(disk, _)| disk.is_dead()) {
            (*file).pMethods = std::ptr::null();
            return ffi::SQLITE_CANTOPEN;
        }
        let Some(open) = (*vfs).xOpen else {
            return ffi::SQLITE_CANTOPEN;
        };
        let answer = open(vfs, name, file, flags, flags_out);
        if let Some((disk, path)) = disk
            && answer == ffi::SQLITE_OK
        {
            return adopt(file, disk, path);
        }
        answer
    }
}

/// # Safety
/// `file` was opened by SQLite's own layer.
unsafe fn adopt(file: *mut sqlite3_file, disk: Arc<Disk>, path: PathBuf) -> c_int {
    // SAFETY: an open file has a table of methods.
    let methods = unsafe { methods_over((*file).pMethods) };
    disk.opened();
    let open = OpenFile {
        disk,
        path,
        methods,
    };
    with_files(|files| files.insert(file.addr(), Arc::new(open)));
    // SAFETY: the table is static and has the layout SQLite expects.
    unsafe { (*file).pMethods = &raw const methods.ours };
    ffi::SQLITE_OK
}

/// Our table over one of SQLite's, made once.
///
/// # Safety
/// `own` is a table of SQLite's.
unsafe fn methods_over(own: *const sqlite3_io_methods) -> &'static Methods {
    let mut known = METHODS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(methods) = known.iter().find(|methods| std::ptr::eq(methods.own, own)) {
        return methods;
    }
    // SAFETY: the caller's promise; a table is plain data.
    let replaced = unsafe { *own };
    let ours = sqlite3_io_methods {
        xWrite: Some(write),
        xTruncate: Some(truncate),
        xSync: Some(sync),
        xClose: Some(close),
        ..replaced
    };
    let methods = Box::leak(Box::new(Methods {
        own,
        replaced,
        ours,
    }));
    known.push(methods);
    methods
}

unsafe extern "C" fn delete(
    _shim: *mut sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: SQLite passes a C string and expects what the original does.
    unsafe {
        if let Some(path) = path_of(name)
            && let Some(disk) = disk_of(&path)
            && !disk.deleted(&path)
        {
            return ffi::SQLITE_IOERR_DELETE;
        }
        match original().and_then(|vfs| Some((vfs, (*vfs).xDelete?))) {
            Some((vfs, delete)) => delete(vfs, name, sync_folder),
            None => ffi::SQLITE_IOERR_DELETE,
        }
    }
}

/// What a file holds in a range, as far as it reaches, and its size.
///
/// # Safety
/// `file` was opened by SQLite's own layer, with these methods.
unsafe fn content(
    file: *mut sqlite3_file,
    methods: &sqlite3_io_methods,
    offset: sqlite3_int64,
    length: Option<c_int>,
) -> Option<(Vec<u8>, usize)> {
    let mut size: sqlite3_int64 = 0;
    // SAFETY: the file is open and `size` is ours.
    let answer = unsafe { (methods.xFileSize?)(file, &raw mut size) };
    let there = size.saturating_sub(offset).max(0);
    let wanted = length.map_or(there, |length| there.min(length.into()));
    let mut bytes = vec![0_u8; usize::try_from(wanted).ok()?];
    let wanted = c_int::try_from(wanted).ok()?;
    if answer != ffi::SQLITE_OK {
        return None;
    }
    if wanted > 0 {
        // SAFETY: the buffer has that many bytes, and the file reaches that far.
        let answer =
            unsafe { (methods.xRead?)(file, bytes.as_mut_ptr().cast::<c_void>(), wanted, offset) };
        if answer != ffi::SQLITE_OK {
            return None;
        }
    }
    Some((bytes, usize::try_from(size).ok()?))
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    offset: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite passes an open file and a buffer of `length` bytes.
    unsafe {
        let written = || {
            let open = open_file(file)?;
            let (before, size) = content(file, &open.methods.replaced, offset, Some(length))?;
            let new = std::slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(length).ok()?);
            let at = usize::try_from(offset).ok()?;
            let write = open.methods.replaced.xWrite?;
            open.disk
                .wrote(&open.path, at, before, new, size)
                .then(|| write(file, bytes, length, offset))
        };
        written().unwrap_or(ffi::SQLITE_IOERR_WRITE)
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    // SAFETY: SQLite passes an open file.
    unsafe {
        let truncated = || {
            let open = open_file(file)?;
            let (tail, _) = content(file, &open.methods.replaced, size, None)?;
            let to = usize::try_from(size).ok()?;
            let truncate = open.methods.replaced.xTruncate?;
            open.disk
                .truncated(&open.path, to, tail)
                .then(|| truncate(file, size))
        };
        truncated().unwrap_or(ffi::SQLITE_IOERR_TRUNCATE)
    }
}

/// The disk's word is what counts as synced here; asking the real one would only cost time.
unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    match open_file(file) {
        Some(open) if open.disk.synced(&open.path) => ffi::SQLITE_OK,
        _ => ffi::SQLITE_IOERR_FSYNC,
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let Some(open) = with_files(|files| files.remove(&file.addr())) else {
        return ffi::SQLITE_IOERR_CLOSE;
    };
    // SAFETY: the file was opened with this table.
    let answer = unsafe {
        (*file).pMethods = open.methods.own;
        open.methods.replaced.xClose.map(|close| close(file))
    };
    open.disk.closed();
    answer.unwrap_or(ffi::SQLITE_IOERR_CLOSE)
}
