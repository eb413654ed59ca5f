/**
 * What the pages gain where scripts run. Every page works without this file; each module adds one comfort.
 */
import { startAnnouncing } from "./announce";
import { startFocusing } from "./focus";
import { startForms } from "./forms";
import { startMenus } from "./menus";
import { startPlayer } from "./player";
import { startSharing } from "./sharing";
import { startTheme } from "./theme";

document.documentElement.classList.add("has-script");
startAnnouncing();
startFocusing();
startForms();
startMenus();
startPlayer();
startSharing();
startTheme();
