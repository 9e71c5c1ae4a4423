using System.Collections.Frozen;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Costs;
using Prism.Providers;

namespace Prism.Pipeline.Admission;

/// <summary>
/// The effect on a call's tokens of the properties that Prism passes on without knowing them: a server may read in them another output cap, several
/// answers, or a longer prompt than was sent.
/// </summary>
/// <param name="Refused">The error for the first property whose tokens cannot be bounded; null if there is none.</param>
/// <param name="Output">The tokens by which an answer may exceed its cap.</param>
/// <param name="AddsContext">Whether the server may add content from elsewhere to the prompt.</param>
internal readonly record struct ExtraParameters(ChatError? Refused, long Output, bool AddsContext)
{
    // Names as Flatten normalises all spellings: maxOutputTokens, max-output-tokens, MAX_OUTPUT_TOKENS.
    private static readonly FrozenSet<string> Caps = FrozenSet.Create(
        "maxtokens", "maxcompletiontokens", "maxoutputtokens", "maxnewtokens", "maxtokenstosample", "maxlength", "maxgenlen", "maxgentokens",
        "maxgeneratedtokens", "maxgenerationtokens", "maxdecodetokens", "maxresponsetokens", "maxresponseoutputtokens", "maxtotaltokens", "maxseqlen",
        "maxnewlength", "maxlen", "numpredict", "npredict", "numtokens", "numtokenstogenerate", "tokenstogenerate", "ntokens", "minlength",
        "outputtokenlimit", "outputlength", "completiontokens", "responselength");

    private static readonly FrozenSet<string> Floors = FrozenSet.Create("mintokens", "minnewtokens", "mincompletiontokens", "minoutputtokens");

    private static readonly FrozenSet<string> Multipliers = FrozenSet.Create(
        "bestof", "candidatecount", "numbeams", "beamwidth", "usebeamsearch", "numreturnsequences", "numcompletions", "numgenerations", "numresponses",
        "numchoices", "numoutputs", "numsamples", "nsamples", "ncompletions", "nresponses", "nbest", "nchoices");

    private static readonly FrozenSet<string> ThinkingBudgets = FrozenSet.Create(
        "budgettokens", "thinkingbudget", "thinkingbudgettokens", "thinkingtokens", "thinkingtokenbudget", "maxthinkingtokens", "reasoningbudget",
        "reasoningbudgettokens", "reasoningmaxtokens", "maxreasoningtokens");

    private static readonly FrozenSet<string> Templates = FrozenSet.Create("chattemplate");

    // Server tools and stored conversations.
    private static readonly FrozenSet<string> Contexts = FrozenSet.Create(
        "websearchoptions", "websearch", "search", "enablesearch", "searchoptions", "searchparameters", "searchsettings", "plugins", "datasources",
        "previousresponseid", "conversation", "prompt", "promptid", "cachedcontent", "mcpservers", "container", "retrieval", "knowledge", "connectors",
        "compoundcustom", "toolresources", "vectorstoreids");

    // The content of these is text or a schema, in which names mean nothing to the server.
    private static readonly FrozenSet<string> Opaque = FrozenSet.Create(
        "metadata", "functions", "functioncall", "logitbias", "prediction", "documents", "guidedjson", "structuredoutputs", "schema", "jsonschema",
        "responseformat", "tools", "variables");

    /// <summary>The effect that a provider of this type may give them.</summary>
    public static ExtraParameters Of(CallRequest asked, ProviderDefinition? type)
    {
        // The other types reject unknown parameters, and for known ones the cap that is sent wins.
        if (type?.PassesUnknownParameters is not true || asked.IsPlain)
        {
            return default;
        }

        var request = asked.Canonical;
        var sum = default(ExtraParameters);
        foreach (var (name, value) in request.Extra ?? [])
        {
            sum = sum.With(name, name, value, request, isNested: false);
            if (name == "prediction")
            {
                // Predicted tokens that the answer does not use are billed as output.
                sum = sum with { Output = sum.Output + Tokens.PromptSize.BytesOf(value) };
            }
        }

        foreach (var tool in request.Tools ?? [])
        {
            sum = sum with { AddsContext = sum.AddsContext || !ServerTools.RunsAtClient(tool) };
        }

        return sum;
    }

    private ExtraParameters With(string name, string path, JsonElement value, ChatRequest request, bool isNested)
    {
        if (Refused is not null || value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return this;
        }

        var flat = Flatten(name);
        // OpenRouter's reasoning.max_tokens.
        if (ThinkingBudgets.Contains(flat) || (flat == "maxtokens" && Flatten(path) is "reasoning.maxtokens" or "thinking.maxtokens"))
        {
            return TryCount(value, out var budget) ? this with { Output = Output + budget } : Refuse(path, "must be a number of tokens");
        }

        if (Caps.Contains(flat))
        {
            return Refuse(path, "cannot be set while tokens are limited: the output cap is 'max_tokens' or 'max_completion_tokens'");
        }

        if (Floors.Contains(flat))
        {
            return TryCount(value, out var least) && least <= request.OutputTokenLimit ? this : Refuse(path, "must be no more than the output cap");
        }

        if ((Multipliers.Contains(flat) || (isNested && flat == "n")) && !IsOne(value))
        {
            return Refuse(path, "cannot be more than one while tokens are limited; use 'n' for several answers");
        }

        if (Templates.Contains(flat))
        {
            return Refuse(path, "cannot be set while tokens are limited: a prompt could become of any length");
        }

        var sum = this with { AddsContext = AddsContext || (Contexts.Contains(flat) && value.ValueKind != JsonValueKind.False) };
        return Opaque.Contains(flat) ? sum : sum.WithInside(path, value, request);
    }

    private ExtraParameters WithInside(string path, JsonElement value, ChatRequest request)
    {
        var sum = this;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                sum = sum.With(property.Name, $"{path}.{property.Name}", property.Value, request, isNested: true);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray())
            {
                sum = sum.WithInside(path, element, request);
            }
        }

        return sum;
    }

    private ExtraParameters Refuse(string path, string problem) =>
        this with { Refused = ChatError.Invalid($"'{path}' {problem}.", path, "unsupported_parameter") };

    private static bool TryCount(JsonElement value, out long count)
    {
        count = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out count) && count is >= 0 and <= int.MaxValue;
    }

    private static bool IsOne(JsonElement value) =>
        value.ValueKind == JsonValueKind.False || (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number is >= 0 and <= 1);

    private static string Flatten(string name) =>
        ChatNames.Fold(name).Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}
