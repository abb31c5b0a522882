update maintenance set runs = 3;
insert into garbage_suspect (pack, backups) values ('0123456789abcdef0123456789abcdef', '{${second}}');
