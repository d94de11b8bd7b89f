//! The rules of the registry: the child's file, and what villages, schools and townships do for the child.

mod care;
mod duplicates;
mod family;
mod files;
mod roll;
mod schooling;

use super::{district, missing, notice_of, refusal};
use kinward::people;
use kinward_chassis::Principal;
use kinward_contracts::registry::v1::{
    ChildFile, GetChildRequest, HouseholdInput, ListOpenDutiesRequest, RegisterChildRequest,
};
use kinward_story::District;

/// A child of nine in 兰溪镇, on the roll, both parents away.
struct Child<'a> {
    district: &'a District,
    id: String,
    parents: Vec<String>,
    village: String,
}

impl<'a> Child<'a> {
    async fn registered(district: &'a District, number: u64) -> Self {
        Self::of(district, district.play(number).child()).await
    }

    async fn of(district: &'a District, request: RegisterChildRequest) -> Self {
        let village = request.household.clone().unwrap().village_code;
        let mut children = district.clients.children(&people::village(&village)).unwrap();
        let answer = children.register_child(request).await.unwrap().into_inner();
        Self { district, id: answer.receipt.unwrap().id, parents: answer.parent_person_ids, village }
    }

    fn keeper(&self) -> Principal {
        people::village(&self.village)
    }

    async fn file(&self) -> ChildFile {
        let mut children = self.district.clients.children(&people::civil_affairs()).unwrap();
        let request = GetChildRequest { child_id: self.id.clone() };
        children.get_child(request).await.unwrap().into_inner().file.unwrap()
    }

    async fn clock(&self, clock_id: &str) -> kinward_contracts::r#type::v1::ClockState {
        let clocks = self.file().await.clocks;
        clocks.into_iter().find(|clock| clock.clock_id == clock_id).unwrap_or_default()
    }

    async fn duties(&self) -> Vec<String> {
        let mut children = self.district.clients.children(&people::civil_affairs()).unwrap();
        let request = ListOpenDutiesRequest { child_id: self.id.clone() };
        let duties = children.list_open_duties(request).await.unwrap().into_inner().duties;
        duties.into_iter().map(|duty| duty.what).collect()
    }

    /// Another village of the township.
    fn next_village(&self) -> String {
        let villages = kinward::reference::villages();
        let mut here = villages.iter().filter(|(code, _)| code.starts_with(people::TOWNSHIP));
        here.find(|(code, _)| *code != self.village).unwrap().0.to_owned()
    }
}

fn home(village_code: &str) -> HouseholdInput {
    HouseholdInput { village_code: village_code.to_owned(), address: "5组12号".to_owned() }
}

fn township() -> Principal {
    people::township(people::TOWNSHIP)
}

fn today(district: &District) -> String {
    kinward_statute::day_of(district.now()).to_string()
}

fn days_ago(district: &District, days: u64) -> String {
    (kinward_statute::day_of(district.now()) - chrono::Days::new(days)).to_string()
}

/// A request id: one for each step of a test.
fn id(step: &str) -> String {
    step.to_owned()
}

/// A request that waits as long as a call may.
fn long<T>(message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.set_timeout(std::time::Duration::from_secs(60));
    request
}
