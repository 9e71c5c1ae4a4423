namespace Prism.Formats.Json;

/// <summary>Declares the JSON that a converter reads: a string, or a list whose elements are all of one type and not null.</summary>
internal interface IStringOrList
{
    /// <summary>A string, or a type that is read from an object.</summary>
    Type ElementType { get; }

    /// <summary>The end of the error for other JSON: <c>must be a string or a list of strings</c>.</summary>
    string Expected { get; }
}
