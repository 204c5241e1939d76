BEGIN TRANSACTION;
CREATE TABLE alias (
	address TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	relay BOOLEAN NOT NULL, 
	seen_at TEXT NOT NULL, 
	PRIMARY KEY (address, subject)
);
INSERT INTO "alias" VALUES('c4119fd18319f9590ca33897aa2df901dd5509444020358c6af37cf56f5ad750','b43fde79ee32e2aa92cebd8d8c656ee0',0,'2026-03-01T09:00:05.000000Z');
INSERT INTO "alias" VALUES('ee21acb0c90a10f1ccacadc49c0d510271305cf918edccef1d22b29a8cfb9c75','b57f12aa04e5a0b2a2222a0cc5abee40',1,'2026-03-01T09:00:03.000000Z');
INSERT INTO "alias" VALUES('922854a7e5486800e2eadb4beeb4a83e04e2c178b4f8383dd4869aa36c1ccd9a','5aec1a7cf5b17d10d615672324621081',0,'2026-03-01T09:00:05.000000Z');
CREATE TABLE batch (
	id INTEGER NOT NULL, 
	flow TEXT NOT NULL, 
	operation TEXT NOT NULL, 
	collection TEXT NOT NULL, 
	records INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	state TEXT NOT NULL, 
	import_id TEXT, 
	worker TEXT NOT NULL, 
	sent_at TEXT NOT NULL, 
	read_at TEXT, 
	failures INTEGER, 
	PRIMARY KEY (id)
);
CREATE TABLE budget (
	account TEXT NOT NULL, 
	tier TEXT NOT NULL, 
	next_at FLOAT NOT NULL, 
	paused_until FLOAT NOT NULL, 
	PRIMARY KEY (account, tier)
);
CREATE TABLE call (
	id INTEGER NOT NULL, 
	flow TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	order_version_id INTEGER NOT NULL, 
	order_key TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	send TEXT NOT NULL, 
	operation TEXT NOT NULL, 
	idempotent BOOLEAN NOT NULL, 
	method TEXT NOT NULL, 
	path TEXT NOT NULL, 
	"query" TEXT NOT NULL, 
	body TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	spec_sha256 TEXT NOT NULL, 
	state TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	status INTEGER, 
	said TEXT, 
	batch_id INTEGER, 
	made_at TEXT NOT NULL, 
	sent_at TEXT, 
	answered_at TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "call" VALUES(1,'debenhams-orders','contact_create:b43fde79ee32e2aa92cebd8d8c656ee0',1,'DBN-204000-A','b43fde79ee32e2aa92cebd8d8c656ee0','contact_create','contacts.create',1,'POST','/contacts/v3','{}','{"identifiers":{"email":"canaria.7700001@example.com"},"channelProperties":{"email":{"status":"subscribed"}},"dataFields":{"FIRSTNAME":"Canaria","LASTNAME":"Quillfeather","FULLNAME":"Canaria Quillfeather","MIRAKL_PERSON":"b43fde79ee32e2aa92cebd8d8c656ee0","MKT_FIRST_ORDER":"2026-03-01T09:00:00Z","MKT_LAST_ORDER":"2026-03-01T09:00:00Z","MKT_ORDERS":1,"MKT_NET_VALUE":45.0,"MKT_CURRENCY":"GBP","MKT_LAST_BRANDS":"Mantaray Test","MKT_LAST_SKUS":"FA-4500-M","MKT_LAST_CATEGORIES":"FA_DRESSES"},"lists":[4712,4711],"consentRecords":[{"text":"Yes, please send me offers by e-mail","dateTimeConsented":"2026-03-01T09:00:00Z","url":"https://shop.example.com/checkout","ipAddress":"192.0.2.7","userAgent":"Example Browser 1.0"}]}','5f3ca90221298341c26e41a10124663010986126787a17d4f2e55302beceef43','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,201,NULL,NULL,'2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z');
INSERT INTO "call" VALUES(2,'debenhams-orders','order_record:DBN-204000-A@2026-03-01T09:00:00Z',1,'DBN-204000-A','b43fde79ee32e2aa92cebd8d8c656ee0','order_record','insight.put',1,'PUT','/insightData/v3/contacts/email/canaria.7700001%40example.com/Orders/DBN-204000-A','{}','{"id":"DBN-204000-A","order_status":"SHIPPED","purchase_date":"2026-03-01T09:00:00Z","purchase_day":"2026-03-01","currency":"GBP","order_total":45.0,"order_subtotal":45.0,"delivery_total":0.0,"placed_total":45.0,"cancelled_total":0.0,"refused_total":0.0,"refunded_total":0.0,"settled_total":0.0,"delivery_method":"Standard Delivery","products":[{"name":"Mantaray Test Pleated Midi Dress","sku":"FA-4500-M","product_id":"P2001","price":45.0,"qty":1,"brand":"Mantaray Test","category":"FA_DRESSES","line_status":"SHIPPED","refunded":0.0,"net":45.0}]}','36d0189c2896941f1ebe7d87f6d0d87dd2ec045bbd799be6c2d953c35f9635de','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,201,NULL,NULL,'2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z');
INSERT INTO "call" VALUES(3,'debenhams-orders','shipment:DBN-204000-A@2026-03-01T09:00:00Z',1,'DBN-204000-A','b43fde79ee32e2aa92cebd8d8c656ee0','shipment','insight.put',1,'PUT','/insightData/v3/contacts/email/canaria.7700001%40example.com/Shipments/DBN-204000-A','{}','{"order_id":"DBN-204000-A","order_status":"SHIPPED","carrier":"Parcel Example","tracking_url":"https://track.example.com/PE204000GB","items":[{"sku":"FA-4500-M","qty":1,"shipped_at":"2026-03-01T09:00:00Z"}]}','c5c2a45238bbb89abfc19843c60ee93c31f685c2d3e304ca971f8efd7000d3d6','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,201,NULL,NULL,'2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z');
INSERT INTO "call" VALUES(4,'debenhams-orders','post_purchase:b43fde79ee32e2aa92cebd8d8c656ee0:DBN-204000-A',1,'DBN-204000-A','b43fde79ee32e2aa92cebd8d8c656ee0','post_purchase','programmes.enrol',0,'POST','/v2/programs/enrolments','{}','{"programId":881,"contacts":[{"$answer":"contact_create.contactId"}]}','4af0076a58cc8d11b75a491204d216c1fc3aea552d4ed87bc0e7eb0878d6ac1e','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,201,NULL,NULL,'2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z');
INSERT INTO "call" VALUES(5,'debenhams-orders','contact_create:b57f12aa04e5a0b2a2222a0cc5abee40',2,'DBN-204001-A','b57f12aa04e5a0b2a2222a0cc5abee40','contact_create','contacts.create',1,'POST','/contacts/v3','{}','{"identifiers":{"email":"rtaqfa3frzu.mtu3duhj2@notification.mirakl.net"},"channelProperties":{"email":{"status":"unsubscribed"}},"dataFields":{"FIRSTNAME":"Canaria","LASTNAME":"Quillfeather","FULLNAME":"Canaria Quillfeather","MIRAKL_PERSON":"b57f12aa04e5a0b2a2222a0cc5abee40","MKT_FIRST_ORDER":"2026-03-01T09:00:01Z","MKT_LAST_ORDER":"2026-03-01T09:00:01Z","MKT_ORDERS":1,"MKT_NET_VALUE":45.0,"MKT_CURRENCY":"GBP","MKT_LAST_BRANDS":"Mantaray Test","MKT_LAST_SKUS":"FA-4500-M","MKT_LAST_CATEGORIES":"FA_DRESSES"},"lists":[4712]}','3f17c7ff1d843308dedaca1d1216ce4d0fcba99445a9c0e8b062fa35c4f84686','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,201,NULL,NULL,'2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z');
INSERT INTO "call" VALUES(6,'debenhams-orders','order_record:DBN-204001-A@2026-03-01T09:00:01Z',2,'DBN-204001-A','b57f12aa04e5a0b2a2222a0cc5abee40','order_record','insight.put',1,'PUT','/insightData/v3/contacts/email/rtaqfa3frzu.mtu3duhj2%40notification.mirakl.net/Orders/DBN-204001-A','{}','{"id":"DBN-204001-A","order_status":"SHIPPED","purchase_date":"2026-03-01T09:00:01Z","purchase_day":"2026-03-01","currency":"GBP","order_total":45.0,"order_subtotal":45.0,"delivery_total":0.0,"placed_total":45.0,"cancelled_total":0.0,"refused_total":0.0,"refunded_total":0.0,"settled_total":0.0,"delivery_method":"Standard Delivery","products":[{"name":"Mantaray Test Pleated Midi Dress","sku":"FA-4500-M","product_id":"P2001","price":45.0,"qty":1,"brand":"Mantaray Test","category":"FA_DRESSES","line_status":"SHIPPED","refunded":0.0,"net":45.0}]}','fc207cd38114be068ded82babbe7207e6d1700662c4979122196f086c41d6316','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,201,NULL,NULL,'2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z');
INSERT INTO "call" VALUES(7,'debenhams-orders','shipment:DBN-204001-A@2026-03-01T09:00:01Z',2,'DBN-204001-A','b57f12aa04e5a0b2a2222a0cc5abee40','shipment','insight.put',1,'PUT','/insightData/v3/contacts/email/rtaqfa3frzu.mtu3duhj2%40notification.mirakl.net/Shipments/DBN-204001-A','{}','{"order_id":"DBN-204001-A","order_status":"SHIPPED","carrier":"Parcel Example","tracking_url":"https://track.example.com/PE204001GB","items":[{"sku":"FA-4500-M","qty":1,"shipped_at":"2026-03-01T09:00:01Z"}]}','179940457f4f896fa3dfa75c166958c8996121e790d55ee11e3b18e5dfb439e5','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,201,NULL,NULL,'2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z','2026-03-01T09:00:03.000000Z');
INSERT INTO "call" VALUES(8,'debenhams-orders','contact_update:b43fde79ee32e2aa92cebd8d8c656ee0:DBN-204000-A@2026-03-01T09:00:04Z',3,'DBN-204000-A','b43fde79ee32e2aa92cebd8d8c656ee0','contact_update','contacts.update',1,'PATCH','/contacts/v3/contactId/510001','{"merge-option":"overwrite"}','{"dataFields":{"FIRSTNAME":"Canaria","LASTNAME":"Quillfeather","MIRAKL_PERSON":"b43fde79ee32e2aa92cebd8d8c656ee0","MKT_FIRST_ORDER":"2026-03-01T09:00:00Z","MKT_LAST_ORDER":"2026-03-01T09:00:00Z","MKT_ORDERS":1,"MKT_NET_VALUE":40.0,"MKT_CURRENCY":"GBP","MKT_LAST_BRANDS":"Mantaray Test","MKT_LAST_SKUS":"FA-4500-M","MKT_LAST_CATEGORIES":"FA_DRESSES"}}','419a16db9e0034da8e387eaea87e803a61fb7dc1ddae8eb57fb43b7c9f8d7249','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,200,NULL,NULL,'2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z');
INSERT INTO "call" VALUES(9,'debenhams-orders','order_record:DBN-204000-A@2026-03-01T09:00:04Z',3,'DBN-204000-A','b43fde79ee32e2aa92cebd8d8c656ee0','order_record','insight.put',1,'PUT','/insightData/v3/contacts/contactId/510001/Orders/DBN-204000-A','{}','{"id":"DBN-204000-A","order_status":"SHIPPED","purchase_date":"2026-03-01T09:00:00Z","purchase_day":"2026-03-01","currency":"GBP","order_total":40.0,"order_subtotal":45.0,"delivery_total":0.0,"placed_total":45.0,"cancelled_total":0.0,"refused_total":0.0,"refunded_total":5.0,"settled_total":0.0,"delivery_method":"Standard Delivery","products":[{"name":"Mantaray Test Pleated Midi Dress","sku":"FA-4500-M","product_id":"P2001","price":45.0,"qty":1,"brand":"Mantaray Test","category":"FA_DRESSES","line_status":"SHIPPED","refunded":5.0,"net":40.0}]}','413c7268c2a6b4296570b0e1ff5c8ab57701bedb2877db8b4fb5237cc6417ecb','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,204,NULL,NULL,'2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z');
INSERT INTO "call" VALUES(10,'debenhams-orders','shipment:DBN-204000-A@2026-03-01T09:00:04Z',3,'DBN-204000-A','b43fde79ee32e2aa92cebd8d8c656ee0','shipment','insight.put',1,'PUT','/insightData/v3/contacts/contactId/510001/Shipments/DBN-204000-A','{}','{"order_id":"DBN-204000-A","order_status":"SHIPPED","carrier":"Parcel Example","tracking_url":"https://track.example.com/PE204000GB","items":[{"sku":"FA-4500-M","qty":1,"shipped_at":"2026-03-01T09:00:00Z"}]}','3cd25a7eba27cc4c52155ffc9ae9495f61e07ab9b90f18e71adc0a3735ac6dfb','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,204,NULL,NULL,'2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z');
INSERT INTO "call" VALUES(11,'debenhams-orders','contact_create:5aec1a7cf5b17d10d615672324621081',4,'DBN-204003-A','5aec1a7cf5b17d10d615672324621081','contact_create','contacts.create',1,'POST','/contacts/v3','{}','{"identifiers":{"email":"canaria.7700004@example.com"},"channelProperties":{"email":{"status":"subscribed"}},"dataFields":{"FIRSTNAME":"Canaria","LASTNAME":"Quillfeather","FULLNAME":"Canaria Quillfeather","MIRAKL_PERSON":"5aec1a7cf5b17d10d615672324621081","MKT_FIRST_ORDER":"2026-03-01T09:00:03Z","MKT_LAST_ORDER":"2026-03-01T09:00:03Z","MKT_ORDERS":1,"MKT_NET_VALUE":45.0,"MKT_CURRENCY":"GBP","MKT_LAST_BRANDS":"Mantaray Test","MKT_LAST_SKUS":"FA-4500-M","MKT_LAST_CATEGORIES":"FA_DRESSES"},"lists":[4712,4711],"consentRecords":[{"text":"Yes, please send me offers by e-mail","dateTimeConsented":"2026-03-01T09:00:03Z","url":"https://shop.example.com/checkout","ipAddress":"192.0.2.7","userAgent":"Example Browser 1.0"}]}','28a29edd6663c92d5ad9bccda96311f2a7e529f2a34440071eab3b3e3a17a9de','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,201,NULL,NULL,'2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z');
INSERT INTO "call" VALUES(12,'debenhams-orders','order_record:DBN-204003-A@2026-03-01T09:00:03Z',4,'DBN-204003-A','5aec1a7cf5b17d10d615672324621081','order_record','insight.put',1,'PUT','/insightData/v3/contacts/email/canaria.7700004%40example.com/Orders/DBN-204003-A','{}','{"id":"DBN-204003-A","order_status":"SHIPPED","purchase_date":"2026-03-01T09:00:03Z","purchase_day":"2026-03-01","currency":"GBP","order_total":45.0,"order_subtotal":45.0,"delivery_total":0.0,"placed_total":45.0,"cancelled_total":0.0,"refused_total":0.0,"refunded_total":0.0,"settled_total":0.0,"delivery_method":"Standard Delivery","products":[{"name":"Mantaray Test Pleated Midi Dress","sku":"FA-4500-M","product_id":"P2001","price":45.0,"qty":1,"brand":"Mantaray Test","category":"FA_DRESSES","line_status":"SHIPPED","refunded":0.0,"net":45.0}]}','3091a7cf43b6f3dc33a1e802f65c1b6fcadfdc421e46f8eeb78a4fbb0785b903','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,201,NULL,NULL,'2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z');
INSERT INTO "call" VALUES(13,'debenhams-orders','shipment:DBN-204003-A@2026-03-01T09:00:03Z',4,'DBN-204003-A','5aec1a7cf5b17d10d615672324621081','shipment','insight.put',1,'PUT','/insightData/v3/contacts/email/canaria.7700004%40example.com/Shipments/DBN-204003-A','{}','{"order_id":"DBN-204003-A","order_status":"SHIPPED","carrier":"Parcel Example","tracking_url":"https://track.example.com/PE204003GB","items":[{"sku":"FA-4500-M","qty":1,"shipped_at":"2026-03-01T09:00:03Z"}]}','46957d823097d98052ae8a3b87eaea74c26bdc0136493e2d92f203dee93d2a82','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','done',1,201,NULL,NULL,'2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z');
INSERT INTO "call" VALUES(14,'debenhams-orders','post_purchase:5aec1a7cf5b17d10d615672324621081:DBN-204003-A',4,'DBN-204003-A','5aec1a7cf5b17d10d615672324621081','post_purchase','programmes.enrol',0,'POST','/v2/programs/enrolments','{}','{"programId":881,"contacts":[{"$answer":"contact_create.contactId"}]}','4af0076a58cc8d11b75a491204d216c1fc3aea552d4ed87bc0e7eb0878d6ac1e','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','sending',1,NULL,NULL,NULL,'2026-03-01T09:00:05.000000Z','2026-03-01T09:00:05.000000Z',NULL);
CREATE TABLE consent_event (
	id INTEGER NOT NULL, 
	subject TEXT NOT NULL, 
	contact_id INTEGER, 
	at TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	status TEXT NOT NULL, 
	decision TEXT NOT NULL, 
	because TEXT NOT NULL, 
	order_key TEXT NOT NULL, 
	spec_sha256 TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "consent_event" VALUES(1,'b43fde79ee32e2aa92cebd8d8c656ee0',NULL,'2026-03-01T09:00:03.000000Z','decided','subscribed','add_subscribed','the box was ticked at checkout, and where, when and by whom is on record','DBN-204000-A','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5');
INSERT INTO "consent_event" VALUES(2,'b43fde79ee32e2aa92cebd8d8c656ee0',510001,'2026-03-01T09:00:03.000000Z','created','subscribed','','','','');
INSERT INTO "consent_event" VALUES(3,'b57f12aa04e5a0b2a2222a0cc5abee40',NULL,'2026-03-01T09:00:03.000000Z','decided','unsubscribed','add_unsubscribed','a relay address belongs to the marketplace and is never marketed to','DBN-204001-A','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5');
INSERT INTO "consent_event" VALUES(4,'b57f12aa04e5a0b2a2222a0cc5abee40',510002,'2026-03-01T09:00:03.000000Z','created','unsubscribed','','','','');
INSERT INTO "consent_event" VALUES(5,'b43fde79ee32e2aa92cebd8d8c656ee0',510001,'2026-03-01T09:00:05.000000Z','decided','leave','leave','Dotdigital already holds this person''s consent','DBN-204000-A','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5');
INSERT INTO "consent_event" VALUES(6,'5aec1a7cf5b17d10d615672324621081',NULL,'2026-03-01T09:00:05.000000Z','decided','subscribed','add_subscribed','the box was ticked at checkout, and where, when and by whom is on record','DBN-204003-A','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5');
INSERT INTO "consent_event" VALUES(7,'5aec1a7cf5b17d10d615672324621081',510004,'2026-03-01T09:00:05.000000Z','created','subscribed','','','','');
CREATE TABLE contact (
	contact_id INTEGER NOT NULL, 
	email TEXT, 
	status TEXT NOT NULL, 
	person TEXT, 
	answer TEXT NOT NULL, 
	read_at TEXT NOT NULL, 
	PRIMARY KEY (contact_id)
);
INSERT INTO "contact" VALUES(510001,'canaria.7700001@example.com','subscribed','b43fde79ee32e2aa92cebd8d8c656ee0','{"contactId":510001,"channelProperties":{"email":{"status":"subscribed"}},"dataFields":{"MIRAKL_PERSON":"b43fde79ee32e2aa92cebd8d8c656ee0"},"status":"subscribed","identifiers":{"email":"canaria.7700001@example.com"}}','2026-03-01T09:00:05.000000Z');
INSERT INTO "contact" VALUES(510002,'rtaqfa3frzu.mtu3duhj2@notification.mirakl.net','unsubscribed','b57f12aa04e5a0b2a2222a0cc5abee40','{"contactId":510002,"channelProperties":{"email":{"status":"unsubscribed"}},"dataFields":{"MIRAKL_PERSON":"b57f12aa04e5a0b2a2222a0cc5abee40"},"status":"unsubscribed","identifiers":{"email":"rtaqfa3frzu.mtu3duhj2@notification.mirakl.net"}}','2026-03-01T09:00:03.000000Z');
INSERT INTO "contact" VALUES(510004,'canaria.7700004@example.com','subscribed','5aec1a7cf5b17d10d615672324621081','{"contactId":510004,"channelProperties":{"email":{"status":"subscribed"}},"dataFields":{"MIRAKL_PERSON":"5aec1a7cf5b17d10d615672324621081"},"status":"subscribed","identifiers":{"email":"canaria.7700004@example.com"}}','2026-03-01T09:00:05.000000Z');
CREATE TABLE cursor (
	flow TEXT NOT NULL, 
	stream TEXT NOT NULL, 
	watermark TEXT, 
	pending TEXT, 
	moved_at TEXT NOT NULL, 
	PRIMARY KEY (flow, stream)
);
INSERT INTO "cursor" VALUES('debenhams-orders','orders','2026-03-01T09:00:05.000000Z',NULL,'2026-03-01T09:00:05.000000Z');
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	subject TEXT NOT NULL, 
	contact_id INTEGER NOT NULL, 
	made_at TEXT NOT NULL, 
	made_by TEXT NOT NULL, 
	note TEXT NOT NULL, 
	undone_at TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE erasure (
	id INTEGER NOT NULL, 
	contact_id INTEGER, 
	asked_at TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	not_before TEXT, 
	done_at TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "erasure" VALUES(1,NULL,'2026-03-01T09:00:03.000000Z',0,NULL,'2026-03-01T09:00:03.000000Z');
CREATE TABLE exception (
	id INTEGER NOT NULL, 
	flow TEXT NOT NULL, 
	order_key TEXT NOT NULL, 
	order_version_id INTEGER, 
	subject TEXT NOT NULL, 
	code TEXT NOT NULL, 
	level TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	message TEXT NOT NULL, 
	place TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	retry TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	opened_at TEXT NOT NULL, 
	closed_at TEXT, 
	closed_by TEXT, 
	note TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE ledger (
	flow TEXT NOT NULL, 
	order_key TEXT NOT NULL, 
	person TEXT NOT NULL, 
	version TEXT NOT NULL, 
	order_version_id INTEGER NOT NULL, 
	share TEXT NOT NULL, 
	money TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	PRIMARY KEY (flow, order_key)
);
INSERT INTO "ledger" VALUES('debenhams-orders','DBN-204000-A','b43fde79ee32e2aa92cebd8d8c656ee0','2026-03-01T09:00:04.000000Z',3,'{"counts":true,"currency":"GBP","placed_at":"2026-03-01T09:00:00Z","net":"40.00"}','{"currency":"GBP","placed":"45.00","cancelled":"0.00","refused":"0.00","refunded":"5.00","settled":"0.00","net":"40.00"}','2026-03-01T09:00:05.000000Z');
INSERT INTO "ledger" VALUES('debenhams-orders','DBN-204001-A','b57f12aa04e5a0b2a2222a0cc5abee40','2026-03-01T09:00:01.000000Z',2,'{"counts":true,"currency":"GBP","placed_at":"2026-03-01T09:00:01Z","net":"45.00"}','{"currency":"GBP","placed":"45.00","cancelled":"0.00","refused":"0.00","refunded":"0.00","settled":"0.00","net":"45.00"}','2026-03-01T09:00:03.000000Z');
INSERT INTO "ledger" VALUES('debenhams-orders','DBN-204003-A','5aec1a7cf5b17d10d615672324621081','2026-03-01T09:00:03.000000Z',4,'{"counts":true,"currency":"GBP","placed_at":"2026-03-01T09:00:03Z","net":"45.00"}','{"currency":"GBP","placed":"45.00","cancelled":"0.00","refused":"0.00","refunded":"0.00","settled":"0.00","net":"45.00"}','2026-03-01T09:00:05.000000Z');
CREATE TABLE order_version (
	id INTEGER NOT NULL, 
	flow TEXT NOT NULL, 
	order_key TEXT NOT NULL, 
	content_sha256 TEXT NOT NULL, 
	version TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	lane TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	landed_at TEXT NOT NULL, 
	run TEXT NOT NULL, 
	outcome TEXT, 
	because TEXT, 
	spec_sha256 TEXT, 
	settled_at TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT one_row_per_content UNIQUE (flow, order_key, content_sha256)
);
INSERT INTO "order_version" VALUES(1,'debenhams-orders','DBN-204000-A','e0fcaae96a91edc82f822fa87164a90ff1c0117a02d271e6478a5a5b2131fc78','2026-03-01T09:00:00.000000Z','{"acceptance_decision_date":"2026-03-01T09:00:00Z","can_cancel":false,"can_shop_ship":false,"channel":null,"commercial_id":"DBN-204000","created_date":"2026-03-01T09:00:00Z","currency_iso_code":"GBP","customer":{"accounting_contact":null,"billing_address":{"city":"Exampleton","civility":null,"company":null,"company_2":null,"country":"United Kingdom","country_iso_code":"GBR","firstname":"Canaria","lastname":"Quillfeather","phone":"07700 900123","phone_secondary":null,"state":"Devonshire","street_1":"1 Sample Street","street_2":null,"zip_code":"ZZ1 9ZZ"},"civility":null,"customer_id":"7700001","delivery_contact":null,"firstname":"Canaria","lastname":"Quillfeather","locale":"en_GB","organization":null,"shipping_address":{"city":"Exampleton","civility":null,"company":null,"company_2":null,"country":"United Kingdom","country_iso_code":"GBR","firstname":"Canaria","lastname":"Quillfeather","phone":"07700 900123","phone_secondary":null,"state":"Devonshire","street_1":"1 Sample Street","street_2":null,"zip_code":"ZZ1 9ZZ","additional_info":null}},"customer_debited_date":null,"customer_directly_pays_seller":false,"customer_notification_email":"r7q64ghkhvj.pe7mrv7q7@notification.mirakl.net","delivery_date":{"earliest":"2026-03-04T09:00:00Z","latest":"2026-03-06T09:00:00Z"},"fulfillment":{"center":{"code":"DEFAULT"}},"fully_refunded":false,"has_customer_message":false,"has_incident":false,"has_invoice":false,"last_updated_date":"2026-03-01T09:00:00Z","leadtime_to_ship":2,"order_additional_fields":[{"code":"sales-app","type":"STRING","value":"web"},{"code":"contact-email","type":"STRING","value":"canaria.7700001@example.com"},{"code":"marketing-optin","type":"BOOLEAN","value":"true"},{"code":"marketing-optin-url","type":"STRING","value":"https://shop.example.com/checkout"},{"code":"marketing-optin-ip","type":"STRING","value":"192.0.2.7"},{"code":"marketing-optin-agent","type":"STRING","value":"Example Browser 1.0"}],"order_id":"DBN-204000-A","order_lines":[{"can_refund":true,"cancelations":[],"category_code":"FA_DRESSES","category_label":"Dresses","commission_fee":9.0,"commission_rate_vat":20.0,"commission_taxes":[{"amount":1.8,"code":"VAT","rate":20.0}],"commission_vat":1.8,"created_date":"2026-03-01T09:00:00Z","debited_date":null,"description":null,"fees":[],"last_updated_date":"2026-03-01T09:00:00Z","offer_id":2001,"offer_sku":"FA-4500-M","offer_state_code":"11","order_line_additional_fields":[{"code":"brand","type":"STRING","value":"Mantaray Test"}],"order_line_id":"DBN-204000-A-1","order_line_index":1,"order_line_state":"SHIPPED","order_line_state_reason_code":null,"order_line_state_reason_label":null,"origin_unit_price":45.0,"price":45.0,"price_additional_info":null,"price_unit":45.0,"product_medias":[{"media_url":"/media/FA-4500-M.jpg","mime_type":"JPG","type":"LARGE"}],"product_shop_sku":"FA-4500-M","product_sku":"P2001","product_title":"Mantaray Test Pleated Midi Dress","promotions":[],"quantity":1,"received_date":null,"refunds":[],"shipped_date":"2026-03-01T09:00:00Z","shipping_price":0.0,"shipping_price_additional_unit":null,"shipping_price_unit":null,"shipping_taxes":[],"taxes":[],"total_commission":10.8,"total_price":45.0}],"order_state":"SHIPPED","order_state_reason_code":null,"order_state_reason_label":null,"order_tax_mode":"TAX_INCLUDED","paymentType":"CREDIT_CARD","payment_type":"CREDIT_CARD","payment_workflow":"PAY_ON_ACCEPTANCE","price":45.0,"promotions":{"applied_promotions":[],"total_deduced_amount":0.0},"quote_id":null,"shipping_company":"Parcel Example","shipping_price":0.0,"shipping_tracking":"PE204000GB","shipping_tracking_url":"https://track.example.com/PE204000GB","shipping_type_code":"STD","shipping_type_label":"Standard Delivery","shipping_zone_code":"GB1","shipping_zone_label":"United Kingdom","total_commission":10.8,"total_price":45.0,"transaction_date":null,"transaction_number":null}','event','b43fde79ee32e2aa92cebd8d8c656ee0','2026-03-01T09:00:03.000000Z','run','sent','Dotdigital took every call','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','2026-03-01T09:00:03.000000Z');
INSERT INTO "order_version" VALUES(2,'debenhams-orders','DBN-204001-A','9247a040d8586db2bd83273580dbdf36eeba29d2b7a95a38678e2714be623148','2026-03-01T09:00:01.000000Z','{"acceptance_decision_date":"2026-03-01T09:00:01Z","can_cancel":false,"can_shop_ship":false,"channel":null,"commercial_id":"DBN-204001","created_date":"2026-03-01T09:00:01Z","currency_iso_code":"GBP","customer":{"accounting_contact":null,"billing_address":{"city":"Exampleton","civility":null,"company":null,"company_2":null,"country":"United Kingdom","country_iso_code":"GBR","firstname":"Canaria","lastname":"Quillfeather","phone":"07700 900123","phone_secondary":null,"state":"Devonshire","street_1":"1 Sample Street","street_2":null,"zip_code":"ZZ1 9ZZ"},"civility":null,"customer_id":"7700002","delivery_contact":null,"firstname":"Canaria","lastname":"Quillfeather","locale":"en_GB","organization":null,"shipping_address":{"city":"Exampleton","civility":null,"company":null,"company_2":null,"country":"United Kingdom","country_iso_code":"GBR","firstname":"Canaria","lastname":"Quillfeather","phone":"07700 900123","phone_secondary":null,"state":"Devonshire","street_1":"1 Sample Street","street_2":null,"zip_code":"ZZ1 9ZZ","additional_info":null}},"customer_debited_date":null,"customer_directly_pays_seller":false,"customer_notification_email":"rtaqfa3frzu.mtu3duhj2@notification.mirakl.net","delivery_date":{"earliest":"2026-03-04T09:00:01Z","latest":"2026-03-06T09:00:01Z"},"fulfillment":{"center":{"code":"DEFAULT"}},"fully_refunded":false,"has_customer_message":false,"has_incident":false,"has_invoice":false,"last_updated_date":"2026-03-01T09:00:01Z","leadtime_to_ship":2,"order_additional_fields":[{"code":"sales-app","type":"STRING","value":"web"},{"code":"marketing-optin","type":"BOOLEAN","value":"true"},{"code":"marketing-optin-url","type":"STRING","value":"https://shop.example.com/checkout"},{"code":"marketing-optin-ip","type":"STRING","value":"192.0.2.7"},{"code":"marketing-optin-agent","type":"STRING","value":"Example Browser 1.0"}],"order_id":"DBN-204001-A","order_lines":[{"can_refund":true,"cancelations":[],"category_code":"FA_DRESSES","category_label":"Dresses","commission_fee":9.0,"commission_rate_vat":20.0,"commission_taxes":[{"amount":1.8,"code":"VAT","rate":20.0}],"commission_vat":1.8,"created_date":"2026-03-01T09:00:01Z","debited_date":null,"description":null,"fees":[],"last_updated_date":"2026-03-01T09:00:01Z","offer_id":2001,"offer_sku":"FA-4500-M","offer_state_code":"11","order_line_additional_fields":[{"code":"brand","type":"STRING","value":"Mantaray Test"}],"order_line_id":"DBN-204001-A-1","order_line_index":1,"order_line_state":"SHIPPED","order_line_state_reason_code":null,"order_line_state_reason_label":null,"origin_unit_price":45.0,"price":45.0,"price_additional_info":null,"price_unit":45.0,"product_medias":[{"media_url":"/media/FA-4500-M.jpg","mime_type":"JPG","type":"LARGE"}],"product_shop_sku":"FA-4500-M","product_sku":"P2001","product_title":"Mantaray Test Pleated Midi Dress","promotions":[],"quantity":1,"received_date":null,"refunds":[],"shipped_date":"2026-03-01T09:00:01Z","shipping_price":0.0,"shipping_price_additional_unit":null,"shipping_price_unit":null,"shipping_taxes":[],"taxes":[],"total_commission":10.8,"total_price":45.0}],"order_state":"SHIPPED","order_state_reason_code":null,"order_state_reason_label":null,"order_tax_mode":"TAX_INCLUDED","paymentType":"CREDIT_CARD","payment_type":"CREDIT_CARD","payment_workflow":"PAY_ON_ACCEPTANCE","price":45.0,"promotions":{"applied_promotions":[],"total_deduced_amount":0.0},"quote_id":null,"shipping_company":"Parcel Example","shipping_price":0.0,"shipping_tracking":"PE204001GB","shipping_tracking_url":"https://track.example.com/PE204001GB","shipping_type_code":"STD","shipping_type_label":"Standard Delivery","shipping_zone_code":"GB1","shipping_zone_label":"United Kingdom","total_commission":10.8,"total_price":45.0,"transaction_date":null,"transaction_number":null}','event','b57f12aa04e5a0b2a2222a0cc5abee40','2026-03-01T09:00:03.000000Z','run','sent','Dotdigital took every call','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','2026-03-01T09:00:03.000000Z');
INSERT INTO "order_version" VALUES(3,'debenhams-orders','DBN-204000-A','133ae3ffb063fd50e801a85b6e6d13fdbf930cb5905a19941f81b9b457b8b54b','2026-03-01T09:00:04.000000Z','{"acceptance_decision_date":"2026-03-01T09:00:00Z","can_cancel":false,"can_shop_ship":false,"channel":null,"commercial_id":"DBN-204000","created_date":"2026-03-01T09:00:00Z","currency_iso_code":"GBP","customer":{"accounting_contact":null,"billing_address":{"city":"Exampleton","civility":null,"company":null,"company_2":null,"country":"United Kingdom","country_iso_code":"GBR","firstname":"Canaria","lastname":"Quillfeather","phone":"07700 900123","phone_secondary":null,"state":"Devonshire","street_1":"1 Sample Street","street_2":null,"zip_code":"ZZ1 9ZZ"},"civility":null,"customer_id":"7700001","delivery_contact":null,"firstname":"Canaria","lastname":"Quillfeather","locale":"en_GB","organization":null,"shipping_address":{"city":"Exampleton","civility":null,"company":null,"company_2":null,"country":"United Kingdom","country_iso_code":"GBR","firstname":"Canaria","lastname":"Quillfeather","phone":"07700 900123","phone_secondary":null,"state":"Devonshire","street_1":"1 Sample Street","street_2":null,"zip_code":"ZZ1 9ZZ","additional_info":null}},"customer_debited_date":null,"customer_directly_pays_seller":false,"customer_notification_email":"r7q64ghkhvj.pe7mrv7q7@notification.mirakl.net","delivery_date":{"earliest":"2026-03-04T09:00:00Z","latest":"2026-03-06T09:00:00Z"},"fulfillment":{"center":{"code":"DEFAULT"}},"fully_refunded":false,"has_customer_message":false,"has_incident":false,"has_invoice":false,"last_updated_date":"2026-03-01T09:00:04Z","leadtime_to_ship":2,"order_additional_fields":[{"code":"sales-app","type":"STRING","value":"web"},{"code":"contact-email","type":"STRING","value":"canaria.7700001@example.com"},{"code":"marketing-optin","type":"BOOLEAN","value":"true"},{"code":"marketing-optin-url","type":"STRING","value":"https://shop.example.com/checkout"},{"code":"marketing-optin-ip","type":"STRING","value":"192.0.2.7"},{"code":"marketing-optin-agent","type":"STRING","value":"Example Browser 1.0"}],"order_id":"DBN-204000-A","order_lines":[{"can_refund":true,"cancelations":[],"category_code":"FA_DRESSES","category_label":"Dresses","commission_fee":9.0,"commission_rate_vat":20.0,"commission_taxes":[{"amount":1.8,"code":"VAT","rate":20.0}],"commission_vat":1.8,"created_date":"2026-03-01T09:00:00Z","debited_date":null,"description":null,"fees":[],"last_updated_date":"2026-03-01T09:00:04Z","offer_id":2001,"offer_sku":"FA-4500-M","offer_state_code":"11","order_line_additional_fields":[{"code":"brand","type":"STRING","value":"Mantaray Test"}],"order_line_id":"DBN-204000-A-1","order_line_index":1,"order_line_state":"SHIPPED","order_line_state_reason_code":null,"order_line_state_reason_label":null,"origin_unit_price":45.0,"price":45.0,"price_additional_info":null,"price_unit":45.0,"product_medias":[{"media_url":"/media/FA-4500-M.jpg","mime_type":"JPG","type":"LARGE"}],"product_shop_sku":"FA-4500-M","product_sku":"P2001","product_title":"Mantaray Test Pleated Midi Dress","promotions":[],"quantity":1,"received_date":null,"refunds":[{"amount":5.0,"commission_amount":0.0,"commission_taxes":[],"commission_total_amount":0.0,"fees":[],"shipping_amount":null,"shipping_taxes":[],"taxes":[],"commission_tax_amount":0.0,"created_date":"2026-03-01T09:00:04Z","id":"DBN-204000-A-1-R1","order_refund_id":"DBN-204000-A-1-R1-B","quantity":null,"reason_code":"17","refund_state":"WAITING_REFUND_TAX_CONFIRMATION","state":"WAITING_REFUND","transaction_date":null,"transaction_number":null}],"shipped_date":"2026-03-01T09:00:00Z","shipping_price":0.0,"shipping_price_additional_unit":null,"shipping_price_unit":null,"shipping_taxes":[],"taxes":[],"total_commission":10.8,"total_price":45.0}],"order_state":"SHIPPED","order_state_reason_code":null,"order_state_reason_label":null,"order_tax_mode":"TAX_INCLUDED","paymentType":"CREDIT_CARD","payment_type":"CREDIT_CARD","payment_workflow":"PAY_ON_ACCEPTANCE","price":45.0,"promotions":{"applied_promotions":[],"total_deduced_amount":0.0},"quote_id":null,"shipping_company":"Parcel Example","shipping_price":0.0,"shipping_tracking":"PE204000GB","shipping_tracking_url":"https://track.example.com/PE204000GB","shipping_type_code":"STD","shipping_type_label":"Standard Delivery","shipping_zone_code":"GB1","shipping_zone_label":"United Kingdom","total_commission":10.8,"total_price":45.0,"transaction_date":null,"transaction_number":null}','event','b43fde79ee32e2aa92cebd8d8c656ee0','2026-03-01T09:00:05.000000Z','run','sent','Dotdigital took every call','0780045bad63f6446a401fe1f96d2ae1efb26544e5ca3d112cd66fb6842789d5','2026-03-01T09:00:05.000000Z');
INSERT INTO "order_version" VALUES(4,'debenhams-orders','DBN-204003-A','5cd7073a4d1967aefcb3a6b000371206c3a7f908bb0d365f0bb2f97fb7c74571','2026-03-01T09:00:03.000000Z','{"acceptance_decision_date":"2026-03-01T09:00:03Z","can_cancel":false,"can_shop_ship":false,"channel":null,"commercial_id":"DBN-204003","created_date":"2026-03-01T09:00:03Z","currency_iso_code":"GBP","customer":{"accounting_contact":null,"billing_address":{"city":"Exampleton","civility":null,"company":null,"company_2":null,"country":"United Kingdom","country_iso_code":"GBR","firstname":"Canaria","lastname":"Quillfeather","phone":"07700 900123","phone_secondary":null,"state":"Devonshire","street_1":"1 Sample Street","street_2":null,"zip_code":"ZZ1 9ZZ"},"civility":null,"customer_id":"7700004","delivery_contact":null,"firstname":"Canaria","lastname":"Quillfeather","locale":"en_GB","organization":null,"shipping_address":{"city":"Exampleton","civility":null,"company":null,"company_2":null,"country":"United Kingdom","country_iso_code":"GBR","firstname":"Canaria","lastname":"Quillfeather","phone":"07700 900123","phone_secondary":null,"state":"Devonshire","street_1":"1 Sample Street","street_2":null,"zip_code":"ZZ1 9ZZ","additional_info":null}},"customer_debited_date":null,"customer_directly_pays_seller":false,"customer_notification_email":"rkxqgkd38wn.her2c6fxg@notification.mirakl.net","delivery_date":{"earliest":"2026-03-04T09:00:03Z","latest":"2026-03-06T09:00:03Z"},"fulfillment":{"center":{"code":"DEFAULT"}},"fully_refunded":false,"has_customer_message":false,"has_incident":false,"has_invoice":false,"last_updated_date":"2026-03-01T09:00:03Z","leadtime_to_ship":2,"order_additional_fields":[{"code":"sales-app","type":"STRING","value":"web"},{"code":"contact-email","type":"STRING","value":"canaria.7700004@example.com"},{"code":"marketing-optin","type":"BOOLEAN","value":"true"},{"code":"marketing-optin-url","type":"STRING","value":"https://shop.example.com/checkout"},{"code":"marketing-optin-ip","type":"STRING","value":"192.0.2.7"},{"code":"marketing-optin-agent","type":"STRING","value":"Example Browser 1.0"}],"order_id":"DBN-204003-A","order_lines":[{"can_refund":true,"cancelations":[],"category_code":"FA_DRESSES","category_label":"Dresses","commission_fee":9.0,"commission_rate_vat":20.0,"commission_taxes":[{"amount":1.8,"code":"VAT","rate":20.0}],"commission_vat":1.8,"created_date":"2026-03-01T09:00:03Z","debited_date":null,"description":null,"fees":[],"last_updated_date":"2026-03-01T09:00:03Z","offer_id":2001,"offer_sku":"FA-4500-M","offer_state_code":"11","order_line_additional_fields":[{"code":"brand","type":"STRING","value":"Mantaray Test"}],"order_line_id":"DBN-204003-A-1","order_line_index":1,"order_line_state":"SHIPPED","order_line_state_reason_code":null,"order_line_state_reason_label":null,"origin_unit_price":45.0,"price":45.0,"price_additional_info":null,"price_unit":45.0,"product_medias":[{"media_url":"/media/FA-4500-M.jpg","mime_type":"JPG","type":"LARGE"}],"product_shop_sku":"FA-4500-M","product_sku":"P2001","product_title":"Mantaray Test Pleated Midi Dress","promotions":[],"quantity":1,"received_date":null,"refunds":[],"shipped_date":"2026-03-01T09:00:03Z","shipping_price":0.0,"shipping_price_additional_unit":null,"shipping_price_unit":null,"shipping_taxes":[],"taxes":[],"total_commission":10.8,"total_price":45.0}],"order_state":"SHIPPED","order_state_reason_code":null,"order_state_reason_label":null,"order_tax_mode":"TAX_INCLUDED","paymentType":"CREDIT_CARD","payment_type":"CREDIT_CARD","payment_workflow":"PAY_ON_ACCEPTANCE","price":45.0,"promotions":{"applied_promotions":[],"total_deduced_amount":0.0},"quote_id":null,"shipping_company":"Parcel Example","shipping_price":0.0,"shipping_tracking":"PE204003GB","shipping_tracking_url":"https://track.example.com/PE204003GB","shipping_type_code":"STD","shipping_type_label":"Standard Delivery","shipping_zone_code":"GB1","shipping_zone_label":"United Kingdom","total_commission":10.8,"total_price":45.0,"transaction_date":null,"transaction_number":null}','event','5aec1a7cf5b17d10d615672324621081','2026-03-01T09:00:05.000000Z','run',NULL,NULL,NULL,NULL);
CREATE TABLE person (
	subject TEXT NOT NULL, 
	contact_id INTEGER, 
	claimed_by TEXT, 
	claimed_until TEXT, 
	epoch INTEGER NOT NULL, 
	not_before TEXT, 
	attempts INTEGER NOT NULL, 
	PRIMARY KEY (subject)
);
INSERT INTO "person" VALUES('b43fde79ee32e2aa92cebd8d8c656ee0',510001,NULL,NULL,2,NULL,0);
INSERT INTO "person" VALUES('b57f12aa04e5a0b2a2222a0cc5abee40',510002,NULL,NULL,1,NULL,0);
INSERT INTO "person" VALUES('5aec1a7cf5b17d10d615672324621081',510004,'one','2026-03-01T09:15:05.000000Z',1,NULL,0);
CREATE TABLE ring (
	flow TEXT NOT NULL, 
	order_key TEXT NOT NULL, 
	rung_at TEXT NOT NULL, 
	PRIMARY KEY (flow, order_key)
);
CREATE TABLE ring_seen (
	message TEXT NOT NULL, 
	seen_at TEXT NOT NULL, 
	PRIMARY KEY (message)
);
CREATE TABLE run (
	id TEXT NOT NULL, 
	flow TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	started_at TEXT NOT NULL, 
	ended_at TEXT, 
	state TEXT NOT NULL, 
	figures TEXT NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE schema_step (
	step TEXT NOT NULL, 
	done_at TEXT NOT NULL, 
	PRIMARY KEY (step)
);
INSERT INTO "schema_step" VALUES('0001-tables','2026-03-01T09:00:00.000000Z');
CREATE TABLE tombstone (
	digest TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	made_at TEXT NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "tombstone" VALUES('3de8f53ab658a6431629a27dcca4983a567443952864f84f0afb1792aba9754a','person','2026-03-01T09:00:03.000000Z');
INSERT INTO "tombstone" VALUES('b7ddacf53cea57b8413e469a808eccc8ca85384baccbea66b416bbfe9c2e4cb6','address','2026-03-01T09:00:03.000000Z');
INSERT INTO "tombstone" VALUES('7cd043621156f040eda4c5d40baa4db0c1b29b118a9c9b1c6f05675ef8c6935c','address','2026-03-01T09:00:03.000000Z');
INSERT INTO "tombstone" VALUES('5a3f68f67266b8e9392d34ab0eb23fbbd011870492f8fd194be0678b74b41b1c','order','2026-03-01T09:00:03.000000Z');
INSERT INTO "tombstone" VALUES('f23c2e6c89756ba351d7e59e772d200f09ed59add706b0f32a01c82c1e90813c','contact','2026-03-01T09:00:03.000000Z');
CREATE INDEX waiting_versions ON order_version (flow, subject) WHERE outcome IS NULL;
CREATE INDEX versions_of_subject ON order_version (flow, subject);
CREATE INDEX ledger_of_person ON ledger (flow, person);
CREATE INDEX aliases_of_subject ON alias (subject);
CREATE INDEX contact_by_email ON contact (email);
CREATE INDEX contact_by_person ON contact (person);
CREATE INDEX calls_of_subject ON call (subject, state);
CREATE INDEX calls_by_effect ON call (flow, call_id);
CREATE INDEX calls_of_version ON call (order_version_id);
CREATE INDEX calls_of_batch ON call (batch_id);
CREATE INDEX exceptions_of_subject ON exception (subject);
CREATE INDEX exceptions_of_order ON exception (flow, order_key);
CREATE INDEX exceptions_of_version ON exception (order_version_id);
CREATE INDEX erasures_of_contact ON erasure (contact_id);
CREATE INDEX consent_of_subject ON consent_event (subject);
COMMIT;
