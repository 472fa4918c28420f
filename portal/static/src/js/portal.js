// Portal Kader: small comforts. Every page works without them; nothing here decides anything.
// The build joins these modules into one file, in the order of their imports (portal/web/assets.py). Hooks are data
// attributes; the macros that set them stand in templates/macros/forms.html.

import "./styles.js";
import "./sending.js";
import "./peek.js";
import "./theme.js";
import "./mending.js";
import "./fields.js";
import "./repeating.js";
import "./keys.js";
import "./choosing.js";
import "./polling.js";
import "./menus.js";
import "./later.js";
