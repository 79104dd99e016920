/** Whether this test runs in the browser, where there is a GPU, or in Node. Set by vitest.config.ts. */
declare const __GPU__: boolean;
