-- Tickets have a second person too (DI-6, TI-5): what waits for one, over all merchants, and who may be it.

create index cases_tickets_second on cases (due_at, id) where kind = 'ticket' and closed_at is null and facts ->> 'pending' is not null;

-- The platform's roles that decided tickets, or confirmed judgements, may be the second person on tickets; nobody is it on what they wrote themselves.
set local role amends_platform;
select set_config('amends.scope', 'platform', true);
update roles set permissions = permissions || array['ticket.approve_decision', 'ticket.return_decision']
where merchant_id is null and permissions && array['ticket.decide_ticket', 'dispute.confirm_judgement'] and not permissions && array['ticket.approve_decision'];
-- Who answers tickets, or follows them up, may say what one is about.
update roles set permissions = permissions || array['ticket.set_subject'] where permissions && array['ticket.reply', 'ticket.follow_up'] and not permissions && array['ticket.set_subject'];
reset role;
select set_config('amends.scope', '', true);
