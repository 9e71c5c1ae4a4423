using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Tokens;

namespace Prism.Pipeline.Costs;

/// <summary>The features of a call that have their own price, besides its tokens.</summary>
/// <param name="Tier">The requested service tier, in lower case; null: the standard one.</param>
/// <param name="Audio">The path in the prompt that may have audio; null if there is none.</param>
/// <param name="AnswersAudio">Whether the answer may be spoken.</param>
/// <param name="Unbounded">The first parameter whose cost is unknown before the call; null if there is none.</param>
internal readonly record struct PricedFeatures(string? Tier, string? Audio, bool AnswersAudio, string? Unbounded)
{
    /// <summary>The provider chooses the tier.</summary>
    public const string AutoTier = "auto";

    /// <summary>The parameter that names the tier, in requests and in answers.</summary>
    public const string TierName = "service_tier";

    private const string Modalities = "modalities";
    private const string AudioName = "audio";

    // Parameters that cost nothing but tokens, or have a constant above. Any other parameter may be a paid feature.
    private static readonly FrozenSet<string> Costless = FrozenSet.Create(
        TierName, Modalities, AudioName,
        // OpenAI's.
        "function_call", "functions", "logit_bias", "logprobs", "metadata", "prediction", "prompt_cache_key", "prompt_cache_retention", "safety_identifier",
        "store", "top_logprobs", "verbosity", "reasoning", "reasoning_format", "include_reasoning",
        // Anthropic's and Ollama's.
        "thinking", "top_k", "cache_control", "keep_alive", "options", "think",
        // Self-hosted servers', and those of other vendors with OpenAI's format.
        "add_generation_prompt", "add_special_tokens", "allowed_token_ids", "bad_words", "chat_template_kwargs", "continue_final_message", "detokenize",
        "disable_reasoning", "documents", "dry_allowed_length", "dry_base", "dry_multiplier", "dynatemp_exponent", "dynatemp_range", "echo", "enable_thinking",
        "grammar", "guided_choice", "guided_decoding_backend", "guided_grammar", "guided_json", "guided_regex", "ignore_eos", "include_stop_str_in_output",
        "json_schema", "length_penalty", "min_p", "min_tokens", "mirostat", "mirostat_eta", "mirostat_tau", "mm_processor_kwargs", "priority",
        "prompt_logprobs", "random_seed", "reasoning_budget", "regex", "repeat_last_n", "repeat_penalty", "repetition_penalty", "request_id", "return_token_ids",
        "return_tokens_as_token_ids", "safe_prompt", "skip_special_tokens", "spaces_between_special_tokens", "stop_token_ids", "structured_outputs",
        "thinking_budget", "tfs_z", "top_a", "top_n_sigma", "truncate_prompt_tokens", "typical_p", "xtc_probability", "xtc_threshold");

    /// <summary>The features of a request.</summary>
    public static PricedFeatures Of(ChatRequest request)
    {
        var found = default(PricedFeatures);
        foreach (var (name, value) in request.Extra ?? [])
        {
            found = found.With(name, value);
        }

        var tools = request.Tools ?? [];
        for (var i = 0; i < tools.Length && found.Unbounded is null; i++)
        {
            found = ServerTools.RunsAtClient(tools[i]) ? found : found with { Unbounded = $"tools[{i}]" };
        }

        return found with { Audio = FindAudio(request) };
    }

    /// <summary>The tier that an answer reports; null if it reports none.</summary>
    public static string? TierOf(Dictionary<string, JsonElement>? answer) =>
        answer is not null && answer.TryGetValue(TierName, out var tier) && tier.ValueKind == JsonValueKind.String ? tier.GetString() : null;

    /// <summary>The first parameter for which a model has no price; null if it has all.</summary>
    public string? FindUnpriced(ModelPrice price) =>
        Unbounded
        ?? (Tier is null or AutoTier || price.Tiers.ContainsKey(Tier) ? null : TierName)
        ?? (price.AudioInput is null ? Audio : null)
        ?? (AnswersAudio && price.AudioOutput is null ? Modalities : null);

    private PricedFeatures With(string name, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return this;
        }

        return name switch
        {
            TierName => this with { Tier = ReadTier(value) },
            Modalities => this with { AnswersAudio = AnswersAudio || !IsTextOnly(value) },
            AudioName => this with { AnswersAudio = true },
            _ => Unbounded is null && !Costless.Contains(name) ? this with { Unbounded = name } : this,
        };
    }

    // The vendors' names of the tier that their price lists describe.
    private static string? ReadTier(JsonElement tier) => (tier.ValueKind == JsonValueKind.String ? tier.GetString()! : "").ToLowerInvariant() switch
    {
        "default" or "standard" or "standard_only" => null,
        var other => other,
    };

    private static bool IsTextOnly(JsonElement modalities) =>
        modalities.ValueKind == JsonValueKind.Array && modalities.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String && one.ValueEquals("text"));

    private static string? FindAudio(ChatRequest request)
    {
        for (var i = 0; i < request.Messages.Length; i++)
        {
            if (request.Messages[i].Extra?.ContainsKey(AudioName) == true)
            {
                return string.Create(CultureInfo.InvariantCulture, $"messages[{i}].{AudioName}");
            }

            var parts = request.Messages[i].Content?.Parts ?? [];
            for (var j = 0; j < parts.Length; j++)
            {
                if (MayBeAudio(parts[j]))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"messages[{i}].content[{j}]");
                }
            }
        }

        return null;
    }

    // A part of an unknown type may be audio.
    private static bool MayBeAudio(ContentPart part) => !PromptMedia.IsKnown(part) || part.Extra?.ContainsKey(PromptMedia.Audio) == true;
}
