//! A PostgreSQL to test with: the one that `CHECKOUT_TEST_POSTGRES` names, or a cluster of our own.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use tokio_postgres::NoTls;
use url::Url;

/// A cluster of our own. It ends with this value, or with this process, however that ends.
pub(crate) struct Cluster {
    keeper: Mutex<Keeper>,
    superuser: Url,
}

/// The script that starts, stops and removes it.
struct Keeper {
    script: Child,
    /// Closing it is the sign to clean up.
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Cluster {
    /// Starts one.
    pub(crate) fn start() -> Cluster {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres.sh");
        let mut script = Command::new("sh")
            .arg(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut keeper = Keeper {
            stdin: script.stdin.take(),
            stdout: BufReader::new(script.stdout.take().unwrap()),
            script,
        };
        let superuser = keeper.ready();
        Cluster {
            keeper: Mutex::new(keeper),
            superuser,
        }
    }

    /// Pulls its plug: no goodbye to anybody.
    pub(crate) fn stop(&self) {
        let mut keeper = self.keeper.lock().unwrap();
        keeper.tell("stop");
        assert_eq!(keeper.hear(), "stopped");
    }

    /// Starts it again, on the same port.
    pub(crate) fn start_again(&self) {
        let mut keeper = self.keeper.lock().unwrap();
        keeper.tell("start");
        assert_eq!(keeper.ready(), self.superuser);
    }
}

impl Keeper {
    fn tell(&mut self, word: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{word}").unwrap();
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        let _ = self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn ready(&mut self) -> Url {
        let line = self.hear();
        match line.strip_prefix("ready ") {
            Some(url) => url.parse().unwrap(),
            None => panic!("no PostgreSQL to test with: {line}"),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.script.wait();
    }
}

/// A database of one test, dropped with this value.
pub(crate) struct Database {
    superuser: Url,
    name: String,
}

impl Database {
    /// In the cluster that all tests of this process share.
    pub(crate) async fn create() -> Database {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        let superuser = match std::env::var("CHECKOUT_TEST_POSTGRES") {
            Ok(url) => url.parse().unwrap(),
            Err(_) => SHARED.get_or_init(Cluster::start).superuser.clone(),
        };
        Database::create_in(superuser).await
    }

    /// In a cluster of the test's own.
    pub(crate) async fn create_on(cluster: &Cluster) -> Database {
        Database::create_in(cluster.superuser.clone()).await
    }

    async fn create_in(superuser: Url) -> Database {
        let name = format!("checkout_{}", uuid::Uuid::now_v7().simple());
        run(
            &superuser,
            &format!("CREATE DATABASE {name} TEMPLATE template0"),
        )
        .await
        .unwrap();
        Database { superuser, name }
    }

    /// How a store opens it.
    pub(crate) fn url(&self) -> Url {
        let mut url = self.superuser.clone();
        url.set_path(&self.name);
        url
    }

    /// A session of the test's own in it.
    pub(crate) async fn session(&self) -> tokio_postgres::Client {
        connect(&self.url()).await.unwrap()
    }
}

impl Drop for Database {
    /// Stores may still be connected, and a stopped cluster has nothing to drop.
    fn drop(&mut self) {
        let (superuser, name) = (self.superuser.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = runtime.block_on(run(&superuser, &sql));
        });
        let _ = dropping.join();
    }
}

/// Waits for no standby: a test that fails while its standby is gone still cleans up.
async fn run(url: &Url, sql: &str) -> Result<(), tokio_postgres::Error> {
    let session = connect(url).await?;
    session
        .batch_execute("SET synchronous_commit = local")
        .await?;
    session.batch_execute(sql).await
}

async fn connect(url: &Url) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url.as_str(), NoTls).await?;
    drop(tokio::spawn(connection));
    Ok(client)
}
