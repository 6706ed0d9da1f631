-- Pictures that belong to no case yet, by age: those that were never sent are removed.
create index files_unsent on files (at) where case_id is null;
