-- A log that release 0.1.0 has written, before entries had a format.
INSERT INTO audit (number, time, actor, actor_id, actor_name, action, user_id, user_name, changes, address, request_id, hash) VALUES
    (1,1795826633907389,'OPERATOR',NULL,NULL,'USER_CREATED',1,'root','[["name",null,"root"],["status",null,"ENABLED"],["roles",null,"admin"]]',NULL,NULL,'7874390e0b81008eb386fa65aff1e3c82658835c161192eeada5da91c9cdff05'),
    (2,1795826634609801,'PASSWORD',1,'root','USER_CREATED',2,'alice','[["name",null,"alice"],["status",null,"ENABLED"]]','127.0.0.1','of-the-client','a06b5b48c265f3d8b66d6b0510d983d4865a9ad5077bb7beb59c5301438cdbbb'),
    (3,1795826634625833,'ANONYMOUS',NULL,NULL,'USER_CREATED',3,'bob','[["name",null,"bob"],["email",null,"bob@example.com"],["status",null,"ENABLED"]]','127.0.0.1','12a09e2a6b0d6b35-0','34284745ca90099b03646dcc4d4a4f658d11c9cb14f591647fca2b20e3d23d3f'),
    (4,1795826634637926,'PASSWORD',3,'bob','SESSION_BEGUN',3,'bob','[["session",null,"sj4Ay3qh3QT3ZzdtbRgCHsHfwqjH_TMb"]]','127.0.0.1','12a09e2a6b0d6b35-1','004d80bdae1f355e74884d9bbe64b903d6d355ce6ad0e77ec23aa244e336115f'),
    (5,1795826634656799,'PASSWORD',1,'root','USER_CHANGED',3,'Robert','[["name","bob","Robert"],["status","ENABLED","DISABLED"],["sessions","1","0"]]','127.0.0.1','12a09e2a6b0d6b35-3','f9786c3623745a0414937e4f9b3a242f5682582076dcec5caca441089daa52eb');
UPDATE audit_head SET number = 5, hash = 'f9786c3623745a0414937e4f9b3a242f5682582076dcec5caca441089daa52eb';
