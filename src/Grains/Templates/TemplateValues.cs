using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Scriban.Runtime;

namespace Prism.Grains.Templates;

/// <summary>
/// Turns JSON into the values that templates know: text, numbers, booleans, null, lists and objects. No .NET object gets in. This is a part of
/// the rendering: a list of a million empty lists is a few bytes of JSON and much memory.
/// </summary>
internal sealed class TemplateValues
{
    private const int WorkOfValue = 10;

    // How many values are made between two looks at the clock.
    private const int ValuesBetweenChecks = 256;

    private readonly RenderBudget _budget;
    private int _unchecked;

    private TemplateValues(RenderBudget budget) => _budget = budget;

    /// <summary>Converts variables, into an object that belongs to one rendering: templates can assign to it.</summary>
    /// <returns>The object, or the error in the variables.</returns>
    public static (ScriptObject Values, ChatError? Error) Convert(
        IEnumerable<KeyValuePair<string, JsonElement>> variables, int maxDepth, RenderBudget budget)
    {
        var converter = new TemplateValues(budget);
        var values = new ScriptObject();
        foreach (var (name, value) in variables)
        {
            if (TemplateFunctions.Shared.ContainsKey(name))
            {
                return (values, TemplateErrors.OfVariable(name, "must have another name: this one is a part of the template language"));
            }

            try
            {
                if (!converter.TryConvert(value, maxDepth, out var converted, out var problem))
                {
                    return (values, TemplateErrors.OfVariable(name, problem));
                }

                values.SetValue(name, converted, readOnly: false);
            }
            catch (TemplateLimitException exception)
            {
                return (values, TemplateErrors.OfVariable(name, exception.OriginalMessage) with { Code = TemplateErrors.LimitExceeded });
            }
            catch (InvalidOperationException)
            {
                // System.Text.Json reports half a surrogate pair (\ud800) in no other way.
                return (values, TemplateErrors.OfVariable(name, "has text that is not valid Unicode"));
            }
        }

        return (values, null);
    }

    private bool TryConvert(JsonElement value, int depthLeft, out object? converted, out string problem)
    {
        _budget.Spend(default, WorkOfValue);
        if (++_unchecked == ValuesBetweenChecks)
        {
            _budget.Check(default);
            _unchecked = 0;
        }

        (converted, problem) = (null, "");
        switch (value.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                return true;
            case JsonValueKind.True or JsonValueKind.False:
                converted = value.ValueKind == JsonValueKind.True;
                return true;
            case JsonValueKind.String:
                converted = value.GetString();
                return true;
            case JsonValueKind.Number:
                return TryConvertNumber(value, out converted, out problem);
            case var _ when depthLeft == 0:
                problem = "is nested too deep";
                return false;
            case JsonValueKind.Array:
                return TryConvertArray(value, depthLeft - 1, out converted, out problem);
            default:
                return TryConvertObject(value, depthLeft - 1, out converted, out problem);
        }
    }

    private static bool TryConvertNumber(JsonElement value, out object? converted, out string problem)
    {
        (converted, problem) = (null, "");
        if (value.TryGetInt64(out var whole))
        {
            converted = whole;
            return true;
        }

        // As a double it would come out as another number: an id must not lose its last digits unnoticed.
        if (value.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0)
        {
            problem = "has a whole number of more than 64 bits: give it as text";
            return false;
        }

        var number = value.GetDouble();
        converted = number;
        problem = "has a number that is too large";
        return double.IsFinite(number);
    }

    private bool TryConvertArray(JsonElement value, int depthLeft, out object? converted, out string problem)
    {
        var items = new ScriptArray(value.GetArrayLength());
        (converted, problem) = (items, "");
        foreach (var item in value.EnumerateArray())
        {
            if (!TryConvert(item, depthLeft, out var one, out problem))
            {
                return false;
            }

            items.Add(one);
        }

        return true;
    }

    private bool TryConvertObject(JsonElement value, int depthLeft, out object? converted, out string problem)
    {
        var members = new ScriptObject();
        (converted, problem) = (members, "");
        foreach (var member in value.EnumerateObject())
        {
            if (!TryConvert(member.Value, depthLeft, out var one, out problem))
            {
                return false;
            }

            members.SetValue(member.Name, one, readOnly: false);
        }

        return true;
    }
}
