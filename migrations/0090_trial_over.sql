-- Whether the subscription is SUSPENDED because its trial is over, which an organization ends itself by a choice; what an operator has suspended stays so.
alter table subscriptions add column is_trial_over boolean not null default false;
alter table subscriptions add constraint subscriptions_trial_over check (not is_trial_over or state = 'SUSPENDED');
