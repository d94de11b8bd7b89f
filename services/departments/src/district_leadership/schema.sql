create table movements (
    event_id text primary key,
    month text not null,
    village_code text not null,
    entered boolean not null,
    reason integer not null
);
create index on movements (month);
