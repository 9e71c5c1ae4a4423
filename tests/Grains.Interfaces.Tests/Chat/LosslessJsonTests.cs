using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Prism.Formats.OpenAi.Chat;

namespace Prism.Tests.Chat;

/// <summary>JSON → contract → JSON loses nothing and adds nothing, whatever else is in it.</summary>
public sealed class LosslessJsonTests
{
    [Fact]
    public void A_request_is_written_as_it_was_read() => AssertLossless(ChatJson.Strict.ChatRequest, Golden.Request);

    [Fact]
    public void A_response_is_written_as_it_was_read() => AssertLossless(ChatJson.Lenient.ChatResponse, Golden.Response);

    [Fact]
    public void A_chunk_is_written_as_it_was_read() => AssertLossless(ChatJson.Lenient.ChatChunk, Golden.Chunk);

    /// <summary>Properties of made-up names and values, put into every object and half of the known ones taken out of it.</summary>
    [Fact]
    public void Unknown_properties_survive_at_every_level()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            AssertLossless(ChatJson.Strict.ChatRequest, Vary(Golden.Request, random), seed);
            AssertLossless(ChatJson.Lenient.ChatResponse, Vary(Golden.Response, random, keep: ["object", "created", "choices"]), seed);
            AssertLossless(ChatJson.Lenient.ChatChunk, Vary(Golden.Chunk, random, keep: ["object", "created", "choices"]), seed);
        }
    }

    private static void AssertLossless<T>(JsonTypeInfo<T> type, string json, int seed = 0)
    {
        var once = JsonSerializer.Serialize(ChatJsonTests.Read(type, json), type);
        var twice = JsonSerializer.Serialize(ChatJsonTests.Read(type, once), type);

        Assert.Equal(once, twice);
        Assert.True(
            JsonElement.DeepEquals(Plain(json, once), Plain(once, once)),
            $"Seed {seed}:\n{json}\nbecame\n{once}");
    }

    // Required properties that are absent or null are written with their defaults: these only are allowed to come in addition.
    private static JsonElement Plain(string json, string written)
    {
        var node = JsonNode.Parse(json)!;
        AddDefaults(node, JsonNode.Parse(written)!);
        return JsonElement.Parse(node.ToJsonString());
    }

    private static void AddDefaults(JsonNode node, JsonNode written)
    {
        if (node is JsonArray list && written is JsonArray writtenList)
        {
            for (var i = 0; i < list.Count && i < writtenList.Count; i++)
            {
                Descend(list[i], writtenList[i]);
            }
        }

        if (node is not JsonObject known || written is not JsonObject writtenObject)
        {
            return;
        }

        foreach (var (name, value) in writtenObject)
        {
            if (!known.ContainsKey(name) && IsDefault(name, value))
            {
                known.Add(name, value?.DeepClone());
            }

            Descend(known[name], value);
        }
    }

    private static void Descend(JsonNode? node, JsonNode? written)
    {
        if (node is not null && written is not null)
        {
            AddDefaults(node, written);
        }
    }

    private static bool IsDefault(string name, JsonNode? value) => name switch
    {
        "content" or "refusal" or "logprobs" or "finish_reason" or "usage" => value is null,
        "role" => value?.GetValue<string>() == "assistant",
        "index" or "prompt_tokens" or "completion_tokens" or "total_tokens" => value?.GetValue<int>() == 0,
        "delta" => value is JsonObject { Count: 0 },
        "messages" => value is JsonArray { Count: 0 },
        _ => false,
    };

    private static string Vary(string json, Random random, params string[] keep)
    {
        var node = JsonNode.Parse(json)!;
        Vary(node, random, keep);
        return node.ToJsonString();
    }

    private static void Vary(JsonNode node, Random random, string[] keep)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list.OfType<JsonNode>())
            {
                Vary(item, random, keep);
            }
        }

        if (node is not JsonObject properties)
        {
            return;
        }

        foreach (var (name, value) in properties.ToArray())
        {
            if (random.Next(2) == 0 && !keep.Contains(name))
            {
                properties.Remove(name);
            }
            else if (value is not null)
            {
                Vary(value, random, keep);
            }
        }

        // Known names in wrong places and the look of numbers are what a naive mapping gets wrong.
        string[] names = ["unknown", "Model", "ROLE", "$type", "$id", "é", "", "a.b", "choices_", "extra", "Extra", "provider_"];
        string[] values = ["null", "1.0", "-0", "1e2", "12345678901234567890123", "\"\\u00e9\\n\"", "[]", "{}", "[{\"role\":5}]", "true"];
        properties[names[random.Next(names.Length)]] = JsonNode.Parse(values[random.Next(values.Length)]);
    }
}
