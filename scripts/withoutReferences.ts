// Takes the float64 references out of kernel ops while the library is compiled.
//
// A kernel op's record holds its reference beside its kernel, for those who read and test it; a page computes on the GPU
// and never asks for one. What only references use is then used by nobody, and a bundler drops it. References of
// elementwise ops stay: constants are computed with them.

import ts from "typescript";

/** Drops the property `reference` of every record that is handed to `defineKernel`. */
export const withoutReferences: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const visit = (node: ts.Node): ts.Node => {
    const inner = ts.visitEachChild(node, visit, context);
    if (!isKernelDefinition(inner)) return inner;
    const { factory } = context;
    const args = inner.arguments.map((argument) => {
      if (!ts.isObjectLiteralExpression(argument))
        throw new Error(`${file.fileName}: defineKernel takes a literal`);
      return factory.updateObjectLiteralExpression(argument, argument.properties.filter(isKept));
    });
    return factory.updateCallExpression(inner, inner.expression, inner.typeArguments, args);
  };
  return ts.visitEachChild(file, visit, context);
};

function isKernelDefinition(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "defineKernel"
  );
}

function isKept({ name }: ts.ObjectLiteralElementLike): boolean {
  return name === undefined || !ts.isIdentifier(name) || name.text !== "reference";
}
