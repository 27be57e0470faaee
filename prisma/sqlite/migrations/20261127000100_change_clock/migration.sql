-- Written by hand. The one row of the clock: the last sequence given to a change.
INSERT INTO "ChangeClock" ("id", "value") VALUES (1, 0);
