//! What the one binary is made of, as a library, so that tests run the same: the services by name, clients,
//! reference data, a generated population, and the story of one report's whole way.

pub mod analysts;
pub mod clients;
pub mod dev;
pub mod import;
pub mod keys;
pub mod kinds;
pub mod log_commands;
pub mod people;
pub mod population;
pub mod projection;
pub mod reference;
pub mod services;
pub mod story;
