-- CreateTable
CREATE TABLE "Firm" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "definitionsVersion" INTEGER NOT NULL DEFAULT 0,
    "hierarchyVersion" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Token" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "employeeId" BIGINT,
    "contactId" BIGINT,
    "createdAt" DATETIME NOT NULL,
    "revokedAt" DATETIME,

    PRIMARY KEY ("firmId", "id"),
    CONSTRAINT "Token_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm" ("id") ON DELETE CASCADE ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Token_firmId_employeeId_fkey" FOREIGN KEY ("firmId", "employeeId") REFERENCES "Employee" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Token_firmId_contactId_fkey" FOREIGN KEY ("firmId", "contactId") REFERENCES "ClientContact" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "Client" (
    "rowNumber" INTEGER PRIMARY KEY,
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT,
    "name" TEXT NOT NULL,
    "nameFolded" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL,
    "invitationStatus" TEXT NOT NULL,
    "tags" JSONB NOT NULL,
    "clientGroupId" BIGINT NOT NULL,
    "note" TEXT,
    "websiteUrl" TEXT,
    "logoUrl" TEXT,
    "avatarUrl" TEXT,
    "inceptionDate" TEXT,
    "terminatedDate" TEXT,
    "address" JSONB,
    "regionId" BIGINT,
    "timezone" TEXT,
    "externalIds" JSONB NOT NULL,
    "npsScore" INTEGER,
    "email" TEXT,
    "phone" TEXT,
    "altPhone" TEXT,
    "companyName" TEXT,
    "communicationPreferences" JSONB,
    "person" JSONB,
    "typeId" BIGINT,
    "successCycleId" BIGINT,
    "assignedCsmId" BIGINT,
    "assignedSalesRepId" BIGINT,
    "assignedSalesRepName" TEXT,
    "createdById" BIGINT,
    "modifiedById" BIGINT,
    "primaryContactId" BIGINT,
    "parentId" BIGINT,
    "accountTeam" JSONB NOT NULL,
    "customFields" JSONB NOT NULL,
    "searchText" TEXT NOT NULL,
    "folded" JSONB NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "deletedAt" DATETIME,
    "mergedIntoId" BIGINT,
    "revision" INTEGER NOT NULL,

    UNIQUE ("firmId", "id"),
    CONSTRAINT "Client_firmId_clientGroupId_fkey" FOREIGN KEY ("firmId", "clientGroupId") REFERENCES "ClientGroup" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Client_firmId_regionId_fkey" FOREIGN KEY ("firmId", "regionId") REFERENCES "Region" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Client_firmId_typeId_fkey" FOREIGN KEY ("firmId", "typeId") REFERENCES "ClientType" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Client_firmId_successCycleId_fkey" FOREIGN KEY ("firmId", "successCycleId") REFERENCES "SuccessCycle" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Client_firmId_assignedCsmId_fkey" FOREIGN KEY ("firmId", "assignedCsmId") REFERENCES "Employee" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Client_firmId_assignedSalesRepId_fkey" FOREIGN KEY ("firmId", "assignedSalesRepId") REFERENCES "Employee" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Client_firmId_createdById_fkey" FOREIGN KEY ("firmId", "createdById") REFERENCES "Employee" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Client_firmId_modifiedById_fkey" FOREIGN KEY ("firmId", "modifiedById") REFERENCES "Employee" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Client_firmId_parentId_fkey" FOREIGN KEY ("firmId", "parentId") REFERENCES "Client" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Client_firmId_id_primaryContactId_fkey" FOREIGN KEY ("firmId", "id", "primaryContactId") REFERENCES "ClientContact" ("firmId", "clientId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "Client_firmId_mergedIntoId_fkey" FOREIGN KEY ("firmId", "mergedIntoId") REFERENCES "Client" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "ExternalId" (
    "firmId" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "system" TEXT NOT NULL,
    "externalId" TEXT NOT NULL,
    "entityId" BIGINT NOT NULL,

    PRIMARY KEY ("firmId", "kind", "system", "externalId")
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "ClientTeamMember" (
    "firmId" INTEGER NOT NULL,
    "clientId" BIGINT NOT NULL,
    "position" INTEGER NOT NULL,
    "employeeId" BIGINT NOT NULL,
    "role" TEXT NOT NULL,

    PRIMARY KEY ("firmId", "clientId", "position", "employeeId", "role"),
    CONSTRAINT "ClientTeamMember_firmId_clientId_fkey" FOREIGN KEY ("firmId", "clientId") REFERENCES "Client" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "ClientTeamMember_firmId_employeeId_fkey" FOREIGN KEY ("firmId", "employeeId") REFERENCES "Employee" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "IndexedValue" (
    "firmId" INTEGER NOT NULL,
    "field" INTEGER NOT NULL,
    "entityId" BIGINT NOT NULL,
    "number" REAL,
    "key" TEXT NOT NULL,

    PRIMARY KEY ("firmId", "field", "key", "entityId")
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "ClientGroup" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT,
    "name" TEXT NOT NULL,
    "nameFolded" TEXT NOT NULL,
    "isDefault" BOOLEAN NOT NULL,
    "externalIds" JSONB NOT NULL DEFAULT '[]',
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "revision" INTEGER NOT NULL,

    PRIMARY KEY ("firmId", "id"),
    CONSTRAINT "ClientGroup_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "CustomField" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT,
    "entity" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nameFolded" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "order" INTEGER NOT NULL,
    "required" BOOLEAN NOT NULL,
    "archived" BOOLEAN NOT NULL,
    "options" JSONB NOT NULL,
    "number" INTEGER NOT NULL,
    "externalIds" JSONB NOT NULL DEFAULT '[]',
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "revision" INTEGER NOT NULL,

    PRIMARY KEY ("firmId", "id"),
    CONSTRAINT "CustomField_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "ClientContact" (
    "rowNumber" INTEGER PRIMARY KEY,
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "clientId" BIGINT NOT NULL,
    "locationId" BIGINT NOT NULL,
    "roleId" BIGINT NOT NULL,
    "trackingId" TEXT,
    "firstName" TEXT,
    "middleName" TEXT,
    "lastName" TEXT NOT NULL,
    "nameFolded" TEXT NOT NULL,
    "nameClaim" BOOLEAN,
    "sortName" TEXT NOT NULL,
    "title" TEXT,
    "email" TEXT,
    "address" JSONB,
    "phoneHome" TEXT,
    "phoneMobile" TEXT,
    "phoneOffice" TEXT,
    "phoneFax" TEXT,
    "language" TEXT,
    "birthday" TEXT,
    "accountCode" TEXT,
    "notes" TEXT,
    "adminNotes" TEXT,
    "salespersonId" BIGINT,
    "customFields" JSONB NOT NULL,
    "searchText" TEXT NOT NULL,
    "folded" JSONB NOT NULL,
    "externalIds" JSONB NOT NULL DEFAULT '[]',
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "deletedAt" DATETIME,
    "mergedIntoId" BIGINT,
    "revision" INTEGER NOT NULL,

    UNIQUE ("firmId", "id"),
    CONSTRAINT "ClientContact_firmId_clientId_locationId_fkey" FOREIGN KEY ("firmId", "clientId", "locationId") REFERENCES "ClientLocation" ("firmId", "clientId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "ClientContact_firmId_roleId_fkey" FOREIGN KEY ("firmId", "roleId") REFERENCES "ContactRole" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "ClientContact_firmId_salespersonId_fkey" FOREIGN KEY ("firmId", "salespersonId") REFERENCES "Employee" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "ClientContact_firmId_mergedIntoId_fkey" FOREIGN KEY ("firmId", "mergedIntoId") REFERENCES "ClientContact" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "ClientLocation" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT,
    "clientId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "nameFolded" TEXT NOT NULL,
    "address" JSONB,
    "isPrimary" BOOLEAN NOT NULL,
    "salespersonId" BIGINT,
    "externalIds" JSONB NOT NULL DEFAULT '[]',
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "deletedAt" DATETIME,
    "revision" INTEGER NOT NULL,

    PRIMARY KEY ("firmId", "id"),
    CONSTRAINT "ClientLocation_firmId_clientId_fkey" FOREIGN KEY ("firmId", "clientId") REFERENCES "Client" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "ClientLocation_firmId_salespersonId_fkey" FOREIGN KEY ("firmId", "salespersonId") REFERENCES "Employee" ("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "ContactRole" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT,
    "name" TEXT NOT NULL,
    "nameFolded" TEXT NOT NULL,
    "availableForContacts" BOOLEAN NOT NULL,
    "externalIds" JSONB NOT NULL DEFAULT '[]',
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "revision" INTEGER NOT NULL,

    PRIMARY KEY ("firmId", "id"),
    CONSTRAINT "ContactRole_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "Employee" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT,
    "name" TEXT NOT NULL,
    "nameFolded" TEXT NOT NULL,
    "email" TEXT,
    "externalIds" JSONB NOT NULL DEFAULT '[]',
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "revision" INTEGER NOT NULL,

    PRIMARY KEY ("firmId", "id"),
    CONSTRAINT "Employee_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "ClientType" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT,
    "name" TEXT NOT NULL,
    "nameFolded" TEXT NOT NULL,
    "externalIds" JSONB NOT NULL DEFAULT '[]',
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "revision" INTEGER NOT NULL,

    PRIMARY KEY ("firmId", "id"),
    CONSTRAINT "ClientType_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "Region" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT,
    "name" TEXT NOT NULL,
    "nameFolded" TEXT NOT NULL,
    "externalIds" JSONB NOT NULL DEFAULT '[]',
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "revision" INTEGER NOT NULL,

    PRIMARY KEY ("firmId", "id"),
    CONSTRAINT "Region_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "SuccessCycle" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT,
    "name" TEXT NOT NULL,
    "nameFolded" TEXT NOT NULL,
    "externalIds" JSONB NOT NULL DEFAULT '[]',
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "revision" INTEGER NOT NULL,

    PRIMARY KEY ("firmId", "id"),
    CONSTRAINT "SuccessCycle_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED
);

-- CreateTable
CREATE TABLE "Change" (
    "sequence" BIGINT NOT NULL,
    "at" DATETIME NOT NULL,
    "entityId" BIGINT NOT NULL,
    "firmId" INTEGER NOT NULL,
    "actor" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "entity" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    PRIMARY KEY ("firmId", "sequence")
);

-- CreateTable
CREATE TABLE "ChangeClock" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "value" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "IdempotencyKey" (
    "firmId" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "inputHash" TEXT NOT NULL,
    "entityId" BIGINT NOT NULL,
    "createdAt" DATETIME NOT NULL,

    PRIMARY KEY ("firmId", "key")
);

-- CreateIndex
CREATE UNIQUE INDEX "Firm_name_key" ON "Firm"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Token_hash_key" ON "Token"("hash");

-- CreateIndex
CREATE INDEX "Client_firmId_nameFolded_id_status_deletedAt_idx" ON "Client"("firmId", "nameFolded", "id", "status", "deletedAt") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "Client_firmId_createdAt_id_idx" ON "Client"("firmId", "createdAt", "id") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "Client_firmId_updatedAt_id_idx" ON "Client"("firmId", "updatedAt", "id") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "Client_firmId_mergedIntoId_idx" ON "Client"("firmId", "mergedIntoId") WHERE "mergedIntoId" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Client_firmId_clientGroupId_nameFolded_id_idx" ON "Client"("firmId", "clientGroupId", "nameFolded", "id");

-- CreateIndex
CREATE INDEX "Client_firmId_parentId_nameFolded_id_idx" ON "Client"("firmId", "parentId", "nameFolded", "id") WHERE "parentId" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Client_firmId_assignedCsmId_nameFolded_id_idx" ON "Client"("firmId", "assignedCsmId", "nameFolded", "id") WHERE "assignedCsmId" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Client_firmId_assignedSalesRepId_nameFolded_id_idx" ON "Client"("firmId", "assignedSalesRepId", "nameFolded", "id") WHERE "assignedSalesRepId" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Client_firmId_typeId_nameFolded_id_idx" ON "Client"("firmId", "typeId", "nameFolded", "id") WHERE "typeId" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Client_firmId_regionId_nameFolded_id_idx" ON "Client"("firmId", "regionId", "nameFolded", "id") WHERE "regionId" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Client_firmId_successCycleId_nameFolded_id_idx" ON "Client"("firmId", "successCycleId", "nameFolded", "id") WHERE "successCycleId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "Client_firmId_trackingId_key" ON "Client"("firmId", "trackingId") WHERE "trackingId" IS NOT NULL;

-- CreateIndex
CREATE INDEX "ExternalId_firmId_entityId_idx" ON "ExternalId"("firmId", "entityId");

-- CreateIndex
CREATE INDEX "ClientTeamMember_firmId_employeeId_idx" ON "ClientTeamMember"("firmId", "employeeId");

-- CreateIndex
CREATE INDEX "IndexedValue_firmId_field_number_entityId_idx" ON "IndexedValue"("firmId", "field", "number", "entityId") WHERE "number" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "ClientGroup_firmId_trackingId_key" ON "ClientGroup"("firmId", "trackingId") WHERE "trackingId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "ClientGroup_firmId_nameFolded_key" ON "ClientGroup"("firmId", "nameFolded");

-- CreateIndex
CREATE INDEX "CustomField_firmId_entity_order_id_idx" ON "CustomField"("firmId", "entity", "order", "id");

-- CreateIndex
CREATE UNIQUE INDEX "CustomField_firmId_trackingId_key" ON "CustomField"("firmId", "trackingId") WHERE "trackingId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "CustomField_firmId_number_key" ON "CustomField"("firmId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "CustomField_firmId_entity_key_key" ON "CustomField"("firmId", "entity", "key");

-- CreateIndex
CREATE INDEX "ClientContact_firmId_sortName_id_idx" ON "ClientContact"("firmId", "sortName", "id") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "ClientContact_firmId_clientId_sortName_id_idx" ON "ClientContact"("firmId", "clientId", "sortName", "id") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "ClientContact_firmId_createdAt_id_idx" ON "ClientContact"("firmId", "createdAt", "id") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "ClientContact_firmId_updatedAt_id_idx" ON "ClientContact"("firmId", "updatedAt", "id") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "ClientContact_firmId_locationId_sortName_id_idx" ON "ClientContact"("firmId", "locationId", "sortName", "id");

-- CreateIndex
CREATE INDEX "ClientContact_firmId_mergedIntoId_idx" ON "ClientContact"("firmId", "mergedIntoId") WHERE "mergedIntoId" IS NOT NULL;

-- CreateIndex
CREATE INDEX "ClientContact_firmId_roleId_idx" ON "ClientContact"("firmId", "roleId");

-- CreateIndex
CREATE INDEX "ClientContact_firmId_salespersonId_idx" ON "ClientContact"("firmId", "salespersonId") WHERE "salespersonId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "ClientContact_firmId_clientId_id_key" ON "ClientContact"("firmId", "clientId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "ClientContact_firmId_trackingId_key" ON "ClientContact"("firmId", "trackingId") WHERE "trackingId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "ClientContact_firmId_nameFolded_nameClaim_key" ON "ClientContact"("firmId", "nameFolded", "nameClaim");

-- CreateIndex
CREATE INDEX "ClientLocation_firmId_nameFolded_id_idx" ON "ClientLocation"("firmId", "nameFolded", "id") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "ClientLocation_firmId_clientId_nameFolded_id_idx" ON "ClientLocation"("firmId", "clientId", "nameFolded", "id") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "ClientLocation_firmId_salespersonId_idx" ON "ClientLocation"("firmId", "salespersonId") WHERE "salespersonId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "ClientLocation_firmId_clientId_id_key" ON "ClientLocation"("firmId", "clientId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "ClientLocation_firmId_trackingId_key" ON "ClientLocation"("firmId", "trackingId") WHERE "trackingId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "ContactRole_firmId_trackingId_key" ON "ContactRole"("firmId", "trackingId") WHERE "trackingId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "ContactRole_firmId_nameFolded_key" ON "ContactRole"("firmId", "nameFolded");

-- CreateIndex
CREATE INDEX "Employee_firmId_nameFolded_id_idx" ON "Employee"("firmId", "nameFolded", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Employee_firmId_trackingId_key" ON "Employee"("firmId", "trackingId") WHERE "trackingId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "ClientType_firmId_trackingId_key" ON "ClientType"("firmId", "trackingId") WHERE "trackingId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "ClientType_firmId_nameFolded_key" ON "ClientType"("firmId", "nameFolded");

-- CreateIndex
CREATE UNIQUE INDEX "Region_firmId_trackingId_key" ON "Region"("firmId", "trackingId") WHERE "trackingId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "Region_firmId_nameFolded_key" ON "Region"("firmId", "nameFolded");

-- CreateIndex
CREATE UNIQUE INDEX "SuccessCycle_firmId_trackingId_key" ON "SuccessCycle"("firmId", "trackingId") WHERE "trackingId" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "SuccessCycle_firmId_nameFolded_key" ON "SuccessCycle"("firmId", "nameFolded");

-- CreateIndex
CREATE INDEX "Change_firmId_entityId_sequence_idx" ON "Change"("firmId", "entityId", "sequence");
