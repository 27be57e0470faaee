-- CreateTable
CREATE TABLE "Firm" (
    "id" INTEGER NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "definitionsVersion" INTEGER NOT NULL DEFAULT 0,
    "hierarchyVersion" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Firm_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Token" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "role" TEXT COLLATE "C" NOT NULL,
    "hash" TEXT COLLATE "C" NOT NULL,
    "employeeId" BIGINT,
    "contactId" BIGINT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Token_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "Client" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT COLLATE "C",
    "name" TEXT COLLATE "C" NOT NULL,
    "nameFolded" TEXT COLLATE "C" NOT NULL,
    "status" TEXT COLLATE "C" NOT NULL,
    "active" BOOLEAN NOT NULL,
    "invitationStatus" TEXT COLLATE "C" NOT NULL,
    "tags" JSON NOT NULL,
    "clientGroupId" BIGINT NOT NULL,
    "note" TEXT COLLATE "C",
    "websiteUrl" TEXT COLLATE "C",
    "logoUrl" TEXT COLLATE "C",
    "avatarUrl" TEXT COLLATE "C",
    "inceptionDate" TEXT COLLATE "C",
    "terminatedDate" TEXT COLLATE "C",
    "address" JSON,
    "regionId" BIGINT,
    "timezone" TEXT COLLATE "C",
    "externalIds" JSON NOT NULL,
    "npsScore" INTEGER,
    "email" TEXT COLLATE "C",
    "phone" TEXT COLLATE "C",
    "altPhone" TEXT COLLATE "C",
    "companyName" TEXT COLLATE "C",
    "communicationPreferences" JSON,
    "person" JSON,
    "typeId" BIGINT,
    "successCycleId" BIGINT,
    "assignedCsmId" BIGINT,
    "assignedSalesRepId" BIGINT,
    "assignedSalesRepName" TEXT COLLATE "C",
    "createdById" BIGINT,
    "modifiedById" BIGINT,
    "primaryContactId" BIGINT,
    "parentId" BIGINT,
    "accountTeam" JSON NOT NULL,
    "customFields" JSON NOT NULL,
    "searchText" TEXT COLLATE "C" NOT NULL,
    "folded" JSON NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),
    "mergedIntoId" BIGINT,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "Client_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "ExternalId" (
    "firmId" INTEGER NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "system" TEXT COLLATE "C" NOT NULL,
    "externalId" TEXT COLLATE "C" NOT NULL,
    "entityId" BIGINT NOT NULL,

    CONSTRAINT "ExternalId_pkey" PRIMARY KEY ("firmId","kind","system","externalId")
);

-- CreateTable
CREATE TABLE "ClientTeamMember" (
    "firmId" INTEGER NOT NULL,
    "clientId" BIGINT NOT NULL,
    "position" INTEGER NOT NULL,
    "employeeId" BIGINT NOT NULL,
    "role" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "ClientTeamMember_pkey" PRIMARY KEY ("firmId","clientId","position","employeeId","role")
);

-- CreateTable
CREATE TABLE "IndexedValue" (
    "firmId" INTEGER NOT NULL,
    "field" INTEGER NOT NULL,
    "entityId" BIGINT NOT NULL,
    "number" DOUBLE PRECISION,
    "key" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "IndexedValue_pkey" PRIMARY KEY ("firmId","field","key","entityId")
);

-- CreateTable
CREATE TABLE "ClientGroup" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT COLLATE "C",
    "name" TEXT COLLATE "C" NOT NULL,
    "nameFolded" TEXT COLLATE "C" NOT NULL,
    "isDefault" BOOLEAN NOT NULL,
    "externalIds" JSON NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "ClientGroup_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "CustomField" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT COLLATE "C",
    "entity" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "nameFolded" TEXT COLLATE "C" NOT NULL,
    "type" TEXT COLLATE "C" NOT NULL,
    "order" INTEGER NOT NULL,
    "required" BOOLEAN NOT NULL,
    "archived" BOOLEAN NOT NULL,
    "options" JSON NOT NULL,
    "number" INTEGER NOT NULL,
    "externalIds" JSON NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "CustomField_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "ClientContact" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "clientId" BIGINT NOT NULL,
    "locationId" BIGINT NOT NULL,
    "roleId" BIGINT NOT NULL,
    "trackingId" TEXT COLLATE "C",
    "firstName" TEXT COLLATE "C",
    "middleName" TEXT COLLATE "C",
    "lastName" TEXT COLLATE "C" NOT NULL,
    "nameFolded" TEXT COLLATE "C" NOT NULL,
    "nameClaim" BOOLEAN,
    "sortName" TEXT COLLATE "C" NOT NULL,
    "title" TEXT COLLATE "C",
    "email" TEXT COLLATE "C",
    "address" JSON,
    "phoneHome" TEXT COLLATE "C",
    "phoneMobile" TEXT COLLATE "C",
    "phoneOffice" TEXT COLLATE "C",
    "phoneFax" TEXT COLLATE "C",
    "language" TEXT COLLATE "C",
    "birthday" TEXT COLLATE "C",
    "accountCode" TEXT COLLATE "C",
    "notes" TEXT COLLATE "C",
    "adminNotes" TEXT COLLATE "C",
    "salespersonId" BIGINT,
    "customFields" JSON NOT NULL,
    "searchText" TEXT COLLATE "C" NOT NULL,
    "folded" JSON NOT NULL,
    "externalIds" JSON NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),
    "mergedIntoId" BIGINT,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "ClientContact_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "ClientLocation" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT COLLATE "C",
    "clientId" BIGINT NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "nameFolded" TEXT COLLATE "C" NOT NULL,
    "address" JSON,
    "isPrimary" BOOLEAN NOT NULL,
    "salespersonId" BIGINT,
    "externalIds" JSON NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),
    "revision" INTEGER NOT NULL,

    CONSTRAINT "ClientLocation_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "ContactRole" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT COLLATE "C",
    "name" TEXT COLLATE "C" NOT NULL,
    "nameFolded" TEXT COLLATE "C" NOT NULL,
    "availableForContacts" BOOLEAN NOT NULL,
    "externalIds" JSON NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "ContactRole_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "Employee" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT COLLATE "C",
    "name" TEXT COLLATE "C" NOT NULL,
    "nameFolded" TEXT COLLATE "C" NOT NULL,
    "email" TEXT COLLATE "C",
    "externalIds" JSON NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "Employee_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "ClientType" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT COLLATE "C",
    "name" TEXT COLLATE "C" NOT NULL,
    "nameFolded" TEXT COLLATE "C" NOT NULL,
    "externalIds" JSON NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "ClientType_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "Region" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT COLLATE "C",
    "name" TEXT COLLATE "C" NOT NULL,
    "nameFolded" TEXT COLLATE "C" NOT NULL,
    "externalIds" JSON NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "Region_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "SuccessCycle" (
    "firmId" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "trackingId" TEXT COLLATE "C",
    "name" TEXT COLLATE "C" NOT NULL,
    "nameFolded" TEXT COLLATE "C" NOT NULL,
    "externalIds" JSON NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "SuccessCycle_pkey" PRIMARY KEY ("firmId","id")
);

-- CreateTable
CREATE TABLE "Change" (
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "entityId" BIGINT NOT NULL,
    "firmId" INTEGER NOT NULL,
    "actor" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "entity" TEXT COLLATE "C" NOT NULL,
    "before" JSON,
    "after" JSON,

    CONSTRAINT "Change_pkey" PRIMARY KEY ("firmId","sequence")
);

-- CreateTable
CREATE TABLE "ChangeClock" (
    "id" INTEGER NOT NULL,
    "value" BIGINT NOT NULL,

    CONSTRAINT "ChangeClock_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IdempotencyKey" (
    "firmId" INTEGER NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "inputHash" TEXT COLLATE "C" NOT NULL,
    "entityId" BIGINT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "IdempotencyKey_pkey" PRIMARY KEY ("firmId","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "Firm_name_key" ON "Firm"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Token_hash_key" ON "Token"("hash");

-- CreateIndex
CREATE INDEX "Client_firmId_nameFolded_id_status_deletedAt_idx" ON "Client"("firmId", "nameFolded", "id", "status", "deletedAt") WHERE ("deletedAt" IS NULL);

-- CreateIndex
CREATE INDEX "Client_firmId_createdAt_id_idx" ON "Client"("firmId", "createdAt", "id") WHERE ("deletedAt" IS NULL);

-- CreateIndex
CREATE INDEX "Client_firmId_updatedAt_id_idx" ON "Client"("firmId", "updatedAt", "id") WHERE ("deletedAt" IS NULL);

-- CreateIndex
CREATE INDEX "Client_firmId_mergedIntoId_idx" ON "Client"("firmId", "mergedIntoId") WHERE ("mergedIntoId" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Client_firmId_clientGroupId_nameFolded_id_idx" ON "Client"("firmId", "clientGroupId", "nameFolded", "id");

-- CreateIndex
CREATE INDEX "Client_firmId_parentId_nameFolded_id_idx" ON "Client"("firmId", "parentId", "nameFolded", "id") WHERE ("parentId" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Client_firmId_assignedCsmId_nameFolded_id_idx" ON "Client"("firmId", "assignedCsmId", "nameFolded", "id") WHERE ("assignedCsmId" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Client_firmId_assignedSalesRepId_nameFolded_id_idx" ON "Client"("firmId", "assignedSalesRepId", "nameFolded", "id") WHERE ("assignedSalesRepId" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Client_firmId_typeId_nameFolded_id_idx" ON "Client"("firmId", "typeId", "nameFolded", "id") WHERE ("typeId" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Client_firmId_regionId_nameFolded_id_idx" ON "Client"("firmId", "regionId", "nameFolded", "id") WHERE ("regionId" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Client_firmId_successCycleId_nameFolded_id_idx" ON "Client"("firmId", "successCycleId", "nameFolded", "id") WHERE ("successCycleId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "Client_firmId_trackingId_key" ON "Client"("firmId", "trackingId") WHERE ("trackingId" IS NOT NULL);

-- CreateIndex
CREATE INDEX "ExternalId_firmId_entityId_idx" ON "ExternalId"("firmId", "entityId");

-- CreateIndex
CREATE INDEX "ClientTeamMember_firmId_employeeId_idx" ON "ClientTeamMember"("firmId", "employeeId");

-- CreateIndex
CREATE INDEX "IndexedValue_firmId_field_number_entityId_idx" ON "IndexedValue"("firmId", "field", "number", "entityId") WHERE ("number" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ClientGroup_firmId_trackingId_key" ON "ClientGroup"("firmId", "trackingId") WHERE ("trackingId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ClientGroup_firmId_nameFolded_key" ON "ClientGroup"("firmId", "nameFolded");

-- CreateIndex
CREATE INDEX "CustomField_firmId_entity_order_id_idx" ON "CustomField"("firmId", "entity", "order", "id");

-- CreateIndex
CREATE UNIQUE INDEX "CustomField_firmId_trackingId_key" ON "CustomField"("firmId", "trackingId") WHERE ("trackingId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "CustomField_firmId_number_key" ON "CustomField"("firmId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "CustomField_firmId_entity_key_key" ON "CustomField"("firmId", "entity", "key");

-- CreateIndex
CREATE INDEX "ClientContact_firmId_sortName_id_idx" ON "ClientContact"("firmId", "sortName", "id") WHERE ("deletedAt" IS NULL);

-- CreateIndex
CREATE INDEX "ClientContact_firmId_clientId_sortName_id_idx" ON "ClientContact"("firmId", "clientId", "sortName", "id") WHERE ("deletedAt" IS NULL);

-- CreateIndex
CREATE INDEX "ClientContact_firmId_createdAt_id_idx" ON "ClientContact"("firmId", "createdAt", "id") WHERE ("deletedAt" IS NULL);

-- CreateIndex
CREATE INDEX "ClientContact_firmId_updatedAt_id_idx" ON "ClientContact"("firmId", "updatedAt", "id") WHERE ("deletedAt" IS NULL);

-- CreateIndex
CREATE INDEX "ClientContact_firmId_locationId_sortName_id_idx" ON "ClientContact"("firmId", "locationId", "sortName", "id");

-- CreateIndex
CREATE INDEX "ClientContact_firmId_mergedIntoId_idx" ON "ClientContact"("firmId", "mergedIntoId") WHERE ("mergedIntoId" IS NOT NULL);

-- CreateIndex
CREATE INDEX "ClientContact_firmId_roleId_idx" ON "ClientContact"("firmId", "roleId");

-- CreateIndex
CREATE INDEX "ClientContact_firmId_salespersonId_idx" ON "ClientContact"("firmId", "salespersonId") WHERE ("salespersonId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ClientContact_firmId_clientId_id_key" ON "ClientContact"("firmId", "clientId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "ClientContact_firmId_trackingId_key" ON "ClientContact"("firmId", "trackingId") WHERE ("trackingId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ClientContact_firmId_nameFolded_nameClaim_key" ON "ClientContact"("firmId", "nameFolded", "nameClaim");

-- CreateIndex
CREATE INDEX "ClientLocation_firmId_nameFolded_id_idx" ON "ClientLocation"("firmId", "nameFolded", "id") WHERE ("deletedAt" IS NULL);

-- CreateIndex
CREATE INDEX "ClientLocation_firmId_clientId_nameFolded_id_idx" ON "ClientLocation"("firmId", "clientId", "nameFolded", "id") WHERE ("deletedAt" IS NULL);

-- CreateIndex
CREATE INDEX "ClientLocation_firmId_salespersonId_idx" ON "ClientLocation"("firmId", "salespersonId") WHERE ("salespersonId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ClientLocation_firmId_clientId_id_key" ON "ClientLocation"("firmId", "clientId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "ClientLocation_firmId_trackingId_key" ON "ClientLocation"("firmId", "trackingId") WHERE ("trackingId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ContactRole_firmId_trackingId_key" ON "ContactRole"("firmId", "trackingId") WHERE ("trackingId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ContactRole_firmId_nameFolded_key" ON "ContactRole"("firmId", "nameFolded");

-- CreateIndex
CREATE INDEX "Employee_firmId_nameFolded_id_idx" ON "Employee"("firmId", "nameFolded", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Employee_firmId_trackingId_key" ON "Employee"("firmId", "trackingId") WHERE ("trackingId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ClientType_firmId_trackingId_key" ON "ClientType"("firmId", "trackingId") WHERE ("trackingId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ClientType_firmId_nameFolded_key" ON "ClientType"("firmId", "nameFolded");

-- CreateIndex
CREATE UNIQUE INDEX "Region_firmId_trackingId_key" ON "Region"("firmId", "trackingId") WHERE ("trackingId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "Region_firmId_nameFolded_key" ON "Region"("firmId", "nameFolded");

-- CreateIndex
CREATE UNIQUE INDEX "SuccessCycle_firmId_trackingId_key" ON "SuccessCycle"("firmId", "trackingId") WHERE ("trackingId" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "SuccessCycle_firmId_nameFolded_key" ON "SuccessCycle"("firmId", "nameFolded");

-- CreateIndex
CREATE INDEX "Change_firmId_entityId_sequence_idx" ON "Change"("firmId", "entityId", "sequence");

-- AddForeignKey
ALTER TABLE "Token" ADD CONSTRAINT "Token_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Token" ADD CONSTRAINT "Token_firmId_employeeId_fkey" FOREIGN KEY ("firmId", "employeeId") REFERENCES "Employee"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Token" ADD CONSTRAINT "Token_firmId_contactId_fkey" FOREIGN KEY ("firmId", "contactId") REFERENCES "ClientContact"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_clientGroupId_fkey" FOREIGN KEY ("firmId", "clientGroupId") REFERENCES "ClientGroup"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_regionId_fkey" FOREIGN KEY ("firmId", "regionId") REFERENCES "Region"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_typeId_fkey" FOREIGN KEY ("firmId", "typeId") REFERENCES "ClientType"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_successCycleId_fkey" FOREIGN KEY ("firmId", "successCycleId") REFERENCES "SuccessCycle"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_assignedCsmId_fkey" FOREIGN KEY ("firmId", "assignedCsmId") REFERENCES "Employee"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_assignedSalesRepId_fkey" FOREIGN KEY ("firmId", "assignedSalesRepId") REFERENCES "Employee"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_createdById_fkey" FOREIGN KEY ("firmId", "createdById") REFERENCES "Employee"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_modifiedById_fkey" FOREIGN KEY ("firmId", "modifiedById") REFERENCES "Employee"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_parentId_fkey" FOREIGN KEY ("firmId", "parentId") REFERENCES "Client"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_id_primaryContactId_fkey" FOREIGN KEY ("firmId", "id", "primaryContactId") REFERENCES "ClientContact"("firmId", "clientId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_firmId_mergedIntoId_fkey" FOREIGN KEY ("firmId", "mergedIntoId") REFERENCES "Client"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ClientTeamMember" ADD CONSTRAINT "ClientTeamMember_firmId_clientId_fkey" FOREIGN KEY ("firmId", "clientId") REFERENCES "Client"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ClientTeamMember" ADD CONSTRAINT "ClientTeamMember_firmId_employeeId_fkey" FOREIGN KEY ("firmId", "employeeId") REFERENCES "Employee"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ClientGroup" ADD CONSTRAINT "ClientGroup_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "CustomField" ADD CONSTRAINT "CustomField_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ClientContact" ADD CONSTRAINT "ClientContact_firmId_clientId_locationId_fkey" FOREIGN KEY ("firmId", "clientId", "locationId") REFERENCES "ClientLocation"("firmId", "clientId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ClientContact" ADD CONSTRAINT "ClientContact_firmId_roleId_fkey" FOREIGN KEY ("firmId", "roleId") REFERENCES "ContactRole"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ClientContact" ADD CONSTRAINT "ClientContact_firmId_salespersonId_fkey" FOREIGN KEY ("firmId", "salespersonId") REFERENCES "Employee"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ClientContact" ADD CONSTRAINT "ClientContact_firmId_mergedIntoId_fkey" FOREIGN KEY ("firmId", "mergedIntoId") REFERENCES "ClientContact"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ClientLocation" ADD CONSTRAINT "ClientLocation_firmId_clientId_fkey" FOREIGN KEY ("firmId", "clientId") REFERENCES "Client"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ClientLocation" ADD CONSTRAINT "ClientLocation_firmId_salespersonId_fkey" FOREIGN KEY ("firmId", "salespersonId") REFERENCES "Employee"("firmId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ContactRole" ADD CONSTRAINT "ContactRole_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Employee" ADD CONSTRAINT "Employee_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ClientType" ADD CONSTRAINT "ClientType_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Region" ADD CONSTRAINT "Region_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "SuccessCycle" ADD CONSTRAINT "SuccessCycle_firmId_fkey" FOREIGN KEY ("firmId") REFERENCES "Firm"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;
