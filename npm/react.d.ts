// Teaches JSX the element: `import type {} from "wechat-checkout/react"`. For React 19 and later, which
// sets properties and listens to custom events.

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { CheckoutEventMap, CheckoutOptions, WechatCheckoutElement } from "./index.js";

type Listeners = {
  [Type in keyof CheckoutEventMap as `on${Type}`]?: (event: CheckoutEventMap[Type]) => void;
};

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "wechat-checkout": DetailedHTMLProps<
        HTMLAttributes<WechatCheckoutElement>,
        WechatCheckoutElement
      > &
        CheckoutOptions &
        Listeners;
    }
  }
}
