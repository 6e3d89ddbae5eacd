// The element in React, checked by the compiler as `page.ts` is.

import type { ReactElement } from "react";
import type {} from "wechat-checkout/react";

export function Buy({ onPaid }: { onPaid: (order: string) => void }): ReactElement {
  return (
    <wechat-checkout
      product="vip-month"
      quantity={1}
      doneButton
      texts={{ done: "开始阅读" }}
      onconfirmed={({ detail }) => onPaid(detail.orderId ?? "")}
    />
  );
}

export function Wrong(): ReactElement {
  // @ts-expect-error There is no such option.
  return <wechat-checkout products="vip-month" />;
}
