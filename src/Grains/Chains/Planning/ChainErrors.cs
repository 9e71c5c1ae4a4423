using System.Globalization;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>The errors of chains that cannot run, and of steps that failed on Prism's side. An error of a step names it.</summary>
internal static class ChainErrors
{
    private const string InvalidChain = "invalid_chain";

    public static ChatError NoSteps() => ChatError.Invalid("A chain has at least one step.", "steps", InvalidChain);

    public static ChatError TooManySteps(StepPlace first, int count, int max) =>
        ChatError.Invalid(Text($"A chain has at most {max} steps, not {count}: {first.Label} is one too many."), "steps", InvalidChain);

    public static ChatError UnknownProperty(string name) =>
        ChatError.Invalid($"A chain has no property '{Short(name)}'.", Short(name), InvalidChain);

    public static ChatError ParallelOutOfRange(int value, int max) =>
        ChatError.Invalid(Text($"'max_parallel' must be from 1 to {max}, not {value}."), "max_parallel", InvalidChain);

    public static ChatError InputName(string name, string problem) =>
        ChatError.Invalid($"Input '{Short(name)}' {problem}.", $"inputs.{Short(name)}", InvalidChain);

    public static ChatError InputsTooLarge(long bytes, long max) => new()
    {
        Kind = ChatErrorKind.RequestTooLarge,
        Message = Text($"The inputs have {bytes} bytes of JSON; {max} are allowed."),
        Param = "inputs",
        Code = "inputs_too_large",
    };

    public static ChatError NotText() => ChatError.Invalid("The chain has text that is not valid Unicode.", "inputs", InvalidChain);

    public static ChatError DefinitionTooLarge(long bytes, long max) => new()
    {
        Kind = ChatErrorKind.RequestTooLarge,
        Message = Text($"The chain has {bytes} bytes of JSON with its inputs and stored templates; a run may have {max} with its outputs."),
        Code = "run_too_large",
    };

    public static ChatError ChainTooLarge(long bytes, int max) => new()
    {
        Kind = ChatErrorKind.RequestTooLarge,
        Message = Text($"The chain has {bytes} bytes of JSON; a stored one may have {max}."),
        Code = "chain_too_large",
    };

    public static ChatError WrongVariables(IEnumerable<string> open) => ChatError.Invalid(
        $"'variables' are read from the steps, which need {Quote(open)}: leave them out.", "variables", InvalidChain);

    public static ChatError Outdated(string name, int based, int? version) => Conflict(
        version is null
            ? $"Chain '{name}' does not exist, so it has no version: leave 'version' out to store it."
            : Text($"Chain '{name}' is at version {version}, not {based}: read it again, or leave 'version' out to overwrite it."),
        "version",
        "outdated_version");

    public static ChatError KeyReused() => new()
    {
        Kind = ChatErrorKind.Unprocessable,
        Message = "The idempotency key was used with another body.",
        Code = "idempotency_key_reused",
    };

    public static ChatError IsNull(string label, int index) => ChatError.Invalid($"{label} must be an object.", Text($"steps[{index}]"), InvalidChain);

    /// <summary>Something about a property of a step.</summary>
    public static ChatError OfStep(StepPlace step, string property, string what) =>
        ChatError.Invalid($"{step.Label}: {what}", step.Path(property), InvalidChain);

    /// <summary>An error of another part in a property of a step.</summary>
    public static ChatError OfStep(StepPlace step, string property, ChatError error) =>
        error with { Message = $"{step.Label}: {error.Message}", Param = step.Path(property) };

    /// <summary>A step that failed while it ran. Its place is its name: the request is long answered.</summary>
    public static ChatError OfRun(string stepName, ChatError error) => error with { Message = $"Step '{stepName}': {error.Message}" };

    public static ChatError Required(StepPlace step, string property) => OfStep(step, property, $"'{property}' is missing.");

    public static ChatError UnknownProperty(StepPlace step, string path, string name) =>
        OfStep(step, path + Short(name), $"property '{path}{Short(name)}' does not exist.");

    public static ChatError OutputKeyForm(StepPlace step, string value) => OfStep(
        step, "output_key", $"'output_key' must be a name of letters, digits and _ that does not begin with a digit, not '{Short(value)}'.");

    public static ChatError OutputKeyReserved(StepPlace step, string value) =>
        OfStep(step, "output_key", $"'output_key' cannot be '{value}', which is a part of the template language.");

    public static ChatError DuplicateOutputKey(StepPlace step, string value) =>
        OfStep(step, "output_key", $"'output_key' '{value}' is that of another step, too.");

    public static ChatError OutputKeyIsInput(StepPlace step, string value) =>
        OfStep(step, "output_key", $"'output_key' '{value}' is an input, too.");

    public static ChatError DuplicateName(StepPlace step) => OfStep(step, "name", "another step has this name, too.");

    public static ChatError NoTemplate(StepPlace step) => OfStep(step, "template", "'template' or 'template_name' is missing.");

    public static ChatError TwoTemplates(StepPlace step, string templateName) => OfStep(
        step, "template_name", $"'template' and 'template_name' cannot go together: '{Short(templateName)}' makes the prompt, too.");

    public static ChatError TwoSystems(StepPlace step, string templateName) => OfStep(
        step, "template_name", $"'system' and 'template_name' cannot go together: '{Short(templateName)}' makes the system message, too.");

    public static ChatError SystemAlone(StepPlace step, string templateName) => OfStep(
        step, "template", $"'template' is missing: '{Short(templateName)}' makes only the system message.");

    public static ChatError OutOfRange(StepPlace step, string property, double min, double max, double value) =>
        OfStep(step, property, Text($"'{property}' must be from {min} to {max}, not {value}."));

    public static ChatError TimeoutOutOfRange(StepPlace step, double max, double value) =>
        OfStep(step, "timeout_seconds", Text($"'timeout_seconds' must be above 0 and at most {max}, not {value}."));

    public static ChatError OnError(StepPlace step, string value) =>
        OfStep(step, "on_error", $"'on_error' must be 'fail' or 'continue', not '{Short(value)}'.");

    public static ChatError NobodyProvides(StepPlace step, string property, string variable) => OfStep(
        step, property, $"the variable '{Short(variable)}' is neither an input nor the output of a step.");

    public static ChatError ItemWithoutForEach(StepPlace step, string property) =>
        OfStep(step, property, "'item' exists only in the templates of a step with 'for_each'.");

    public static ChatError NeedsItself(StepPlace step) => OfStep(step, "template", "it needs its own output.");

    public static ChatError Cycle(StepPlace step, IEnumerable<string> path) =>
        OfStep(step, "template", $"it needs its own output, by way of {string.Join(" → ", path.Select(name => $"'{Short(name)}'"))}.");

    public static ChatError TooManyElements(int count, int max) =>
        ChatError.Invalid(Text($"'for_each' makes a list of {count} elements; {max} are allowed."), "for_each", InvalidChain);

    public static ChatError NotJson() => new()
    {
        Kind = ChatErrorKind.UpstreamInvalidResponse,
        Message = "the answer is not the JSON that 'response_format' requires.",
        Code = "answer_not_json",
    };

    public static ChatError NoAnswer(string? provider) => new()
    {
        Kind = ChatErrorKind.UpstreamInvalidResponse,
        Message = "the model's answer is empty.",
        Code = "empty_answer",
        Provider = provider,
    };

    public static ChatError Refused(string? provider) => new()
    {
        Kind = ChatErrorKind.Unprocessable,
        Message = "the model refused to answer.",
        Code = "model_refused",
        Provider = provider,
    };

    public static ChatError TimedOut(TimeSpan timeout) => new()
    {
        Kind = ChatErrorKind.UpstreamIdleTimeout,
        Message = Text($"it took longer than {timeout.TotalSeconds} s."),
        Code = "step_timeout",
    };

    public static ChatError OutputTooLarge(long max) => new()
    {
        Kind = ChatErrorKind.RequestTooLarge,
        Message = Text($"with its output the run would have more than {max} bytes of JSON."),
        Code = "run_too_large",
    };

    public static ChatError Internal() => new() { Kind = ChatErrorKind.Internal, Message = "an internal error." };

    private static string Quote(IEnumerable<string> names) =>
        names.Select(name => $"'{Short(name)}'").ToList() is { Count: > 0 } quoted ? string.Join(", ", quoted) : "none";

    private static ChatError Conflict(string message, string? param, string code) =>
        new() { Kind = ChatErrorKind.Conflict, Message = message, Param = param, Code = code };

    public static string Short(string text) => TemplateErrors.Shorten(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The place of a step, for errors.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Name">Its name; null if it has nothing to name it by.</param>
internal readonly record struct StepPlace(int Index, string? Name)
{
    /// <summary>The place of a step that may be wrong in any way.</summary>
    public static StepPlace Of(ChainStep? step, int index) => new(index, step?.Name ?? step?.OutputKey);

    /// <summary><c>Step 'summary'</c>, or <c>Step 3</c>.</summary>
    public string Label => Name is { } name ? $"Step '{ChainErrors.Short(name)}'" : string.Create(CultureInfo.InvariantCulture, $"Step {Index + 1}");

    public string Path(string property) => string.Create(CultureInfo.InvariantCulture, $"steps[{Index}].{property}");
}
