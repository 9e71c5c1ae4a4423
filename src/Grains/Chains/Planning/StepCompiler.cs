using System.Text.Json;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>Understands the steps of a chain one by one, each without the others.</summary>
internal sealed class StepCompiler(
    TemplateEngine engine, IRequestCheck requests, ChainOptions options, IReadOnlyDictionary<string, PromptTemplate> stored)
{
    private const double LongestTimeout = 3600;
    private const double LongestBackoff = 60;
    private const int MostAttempts = 10;

    private ChatError? _error;

    /// <summary>The step with its templates compiled, or the first thing that is wrong with it.</summary>
    public (PlannedStep? Step, ChatError? Error) Compile(ChainStep? step, int index)
    {
        var place = StepPlace.Of(step, index);
        if (step is null)
        {
            return (null, ChainErrors.IsNull(place.Label, index));
        }

        _error = FindUnknown(step, place)
            ?? (step.OutputKey is null ? ChainErrors.Required(place, "output_key") : null)
            ?? FindTemplateProblem(step, place);
        var planned = new PlannedStep
        {
            Index = index,
            Step = step,
            Stored = PrepareStored(step, place),
            Prompt = CompileTemplate(step.Template, "template", place),
            System = CompileTemplate(step.System, "system", place),
            When = CompileExpression(step.When, "when", place),
            ForEach = CompileExpression(step.ForEach, "for_each", place),
            AnswersJson = AsksForJson(step.ResponseFormat),
            Timeout = step.TimeoutSeconds is > 0 and <= LongestTimeout ? TimeSpan.FromSeconds(step.TimeoutSeconds.Value) : options.StepTimeout,
        };
        _error ??= FindParameterProblem(step, place);
        return (planned, _error);
    }

    private static ChatError? FindUnknown(ChainStep step, StepPlace place) => step switch
    {
        { Extra: { Count: > 0 } extra } => ChainErrors.UnknownProperty(place, "", extra.First().Key),
        { Retry.Extra: { Count: > 0 } extra } => ChainErrors.UnknownProperty(place, "retry.", extra.First().Key),
        _ => null,
    };

    private ChatError? FindTemplateProblem(ChainStep step, StepPlace place)
    {
        if (step.TemplateName is not { } name)
        {
            return step.Template is null ? ChainErrors.NoTemplate(place) : null;
        }

        if (!stored.TryGetValue(name, out var template))
        {
            return ChainErrors.OfStep(place, "template_name", TemplateErrors.NotFound(name));
        }

        return template.Role == ChatRoles.System
            ? step.System is not null ? ChainErrors.TwoSystems(place, name) : step.Template is null ? ChainErrors.SystemAlone(place, name) : null
            : step.Template is not null ? ChainErrors.TwoTemplates(place, name) : null;
    }

    private PreparedTemplate? PrepareStored(ChainStep step, StepPlace place)
    {
        if (_error is not null || step.TemplateName is not { } name)
        {
            return null;
        }

        var (prepared, error) = PreparedTemplate.TryCreate(stored[name], engine);
        _error = error is null ? null : ChainErrors.OfStep(place, "template_name", error);
        return prepared;
    }

    private CompiledTemplate? CompileTemplate(string? source, string property, StepPlace place)
    {
        if (_error is not null || source is null)
        {
            return null;
        }

        var result = engine.Compile(source, $"'{property}'");
        _error = result.Error is { } error ? ChainErrors.OfStep(place, property, error) : null;
        return result.Template;
    }

    private CompiledExpression? CompileExpression(string? source, string property, StepPlace place)
    {
        if (_error is not null || source is null)
        {
            return null;
        }

        var result = engine.CompileExpression(source, $"'{property}'");
        _error = result.Error is { } error ? ChainErrors.OfStep(place, property, error) : null;
        return result.Expression;
    }

    private ChatError? FindParameterProblem(ChainStep step, StepPlace place)
    {
        if (step.TimeoutSeconds is { } timeout && !(timeout is > 0 and <= LongestTimeout))
        {
            return ChainErrors.TimeoutOutOfRange(place, LongestTimeout, timeout);
        }

        if (step.Retry?.Attempts is { } attempts and (< 1 or > MostAttempts))
        {
            return ChainErrors.OutOfRange(place, "retry.attempts", 1, MostAttempts, attempts);
        }

        if (step.Retry?.BackoffSeconds is { } backoff && !(backoff is >= 0 and <= LongestBackoff))
        {
            return ChainErrors.OutOfRange(place, "retry.backoff_seconds", 0, LongestBackoff, backoff);
        }

        if (step.OnError is { } onError and not (ChainPlanner.Fail or ChainPlanner.Continue))
        {
            return ChainErrors.OnError(place, onError);
        }

        // The rules for all chats are checked where all chats are.
        var request = StepRequest.Create(step, owner: null, [ChatMessage.Create(ChatRoles.User, "")], idempotencyKey: null);
        return requests.Check(request) is { } error
            ? ChainErrors.OfStep(place, error.Param ?? "model", error)
            : null;
    }

    private static bool AsksForJson(JsonElement? format) =>
        format is { ValueKind: JsonValueKind.Object } element
        && element.TryGetProperty("type", out var type)
        && type.ValueKind == JsonValueKind.String
        && type.GetString() is "json_object" or "json_schema";
}
