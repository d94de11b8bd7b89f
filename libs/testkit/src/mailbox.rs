//! A mail server that speaks enough SMTP to be a real one, keeps what came, and fails when told to.

use crate::Answer;
use crate::answer::Book;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A mail as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Envelope sender.
    pub from: String,
    /// Envelope recipients.
    pub to: Vec<String>,
    /// Headers and body.
    pub data: String,
}

impl Mail {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.data.split("\r\n\r\n").next()?;
        head.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// A mail server on a free loopback port. Dropping it ends it.
#[derive(Debug)]
pub struct Mailbox {
    address: SocketAddr,
    book: Arc<Book<Mail>>,
    stop: CancellationToken,
}

impl Mailbox {
    /// A server that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (book, stop) = (Arc::new(Book::new(Answer::Status(250))), CancellationToken::new());
        let (shared, stopped, tasks) = (Arc::clone(&book), stop.clone(), TaskTracker::new());
        let sessions = tasks.clone();
        tasks.spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = stopped.cancelled() => return,
                };
                let Ok((stream, _)) = accepted else { continue };
                let (book, stop) = (Arc::clone(&shared), stopped.clone());
                sessions.spawn(async move {
                    tokio::select! {
                        _ = session(stream, &book) => {}
                        () = stop.cancelled() => {}
                    }
                });
            }
        });
        Self { address, book, stop }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it answers a mail from now on.
    pub fn answer(&self, answer: Answer) {
        self.book.answer(answer);
    }

    /// Everything that came, whether it was taken or not.
    pub fn came(&self) -> Vec<Mail> {
        self.book.came()
    }

    /// Waits until so many mails came.
    pub async fn wait_for(&self, count: usize) -> Vec<Mail> {
        self.book.wait_for(count).await
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn session(stream: TcpStream, book: &Book<Mail>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mailbox\r\n").await?;
    let (mut from, mut to, mut line) = (String::new(), Vec::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let path = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let reply = match verb.as_str() {
            "EHLO" | "HELO" => "250-mailbox\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" => {
                (from, to) = (path(), Vec::new());
                "250 OK"
            }
            "RCPT" => {
                to.push(path());
                "250 OK"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let data = data(&mut stream).await?;
                let mail = Mail { from: from.clone(), to: to.clone(), data };
                match book.take(mail).await {
                    Some(status) => {
                        stream.write_all(format!("{status} told so\r\n").as_bytes()).await?;
                        continue;
                    }
                    None => return Ok(()),
                }
            }
            "RSET" | "NOOP" => "250 OK",
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "502 not known",
        };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
}

/// Everything up to the line with a dot alone.
async fn data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let (mut data, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
